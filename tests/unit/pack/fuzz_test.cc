// Random damage to a small pack: whatever is read, the answer is a pack or an error.
#include <gtest/gtest.h>

#include <random>

#include "scoring/pack/pack.h"
#include "tests/support/files.h"
#include "tests/unit/pack/small_pack.h"

namespace ventral {
namespace {

using testing::ReadFile;
using testing::ScratchFolder;
using testing::WriteFile;

class DamagedFile : public ::testing::TestWithParam<const char*> {};

std::string Damaged(std::string bytes, std::mt19937& random) {
  const auto below = [&](std::size_t n) { return random() % n; };
  switch (below(4)) {
    case 0:
      bytes.resize(below(bytes.size()));
      break;
    case 1:
      bytes.insert(below(bytes.size()), bytes.substr(below(bytes.size()), 1 + below(16)));
      break;
    default:
      for (std::size_t flips = 1 + below(4); flips > 0; --flips) {
        bytes[below(bytes.size())] ^= static_cast<char>(1u << below(8));
      }
  }
  return bytes;
}

TEST_P(DamagedFile, IsAPackOrAnError) {
  ScratchFolder scratch;
  testing::WriteSmallPack(scratch.path());
  const auto file = scratch.path() / GetParam();
  const std::string whole = ReadFile(file);
  std::mt19937 random(20260101);
  int refused = 0;
  for (int round = 0; round < 1500; ++round) {
    WriteFile(file, Damaged(whole, random));
    const auto pack = ReadPack(scratch.path());
    const Status images = pack.ok() ? CheckPackImages(*pack) : Status(pack.error());
    if (images.ok()) continue;
    ++refused;
    ASSERT_FALSE(images.error().message.empty());
    ASSERT_NE(images.error().code, ErrorCode::kInternal) << images.error().ToString();
  }
  EXPECT_GT(refused, 100);
  WriteFile(file, whole);
  EXPECT_TRUE(ReadPack(scratch.path()).ok());
}

INSTANTIATE_TEST_SUITE_P(Fuzz, DamagedFile,
                         ::testing::Values("pack.json", "stimuli.csv", "it.npy",
                                           "arrays/trials.npy", "stimuli/a.png", "stimuli/d.jpg"));

}  // namespace
}  // namespace ventral
