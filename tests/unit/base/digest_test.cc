#include "scoring/base/digest.h"

#include <gtest/gtest.h>

#include "tests/support/files.h"

namespace ventral {
namespace {

// FIPS 180-4 example "abc".
constexpr char kAbc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(Digest, MatchesThePublishedExample) { EXPECT_EQ(DigestOf("abc").hex(), kAbc); }

TEST(Digest, OfAFileEqualsThatOfItsBytesInPieces) {
  testing::ScratchFolder folder;
  const std::string bytes(3'000'001, 'x');
  testing::WriteFile(folder.path() / "f", bytes);
  Hasher hasher;
  for (std::size_t i = 0; i < bytes.size(); i += 777) hasher.Update(std::string_view(bytes).substr(i, 777));
  EXPECT_EQ(DigestOfFile(folder.path() / "f").value(), hasher.Finish());
}

TEST(Digest, RefusesWhatIsNoDigest) {
  EXPECT_TRUE(Digest::Parse(kAbc).ok());
  for (std::string bad : {"", "abc", "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"}) {
    EXPECT_EQ(Digest::Parse(bad).error().code, ErrorCode::kInvalidInput) << bad;
  }
  EXPECT_EQ(DigestOfFile("/nonexistent/file").error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace ventral
