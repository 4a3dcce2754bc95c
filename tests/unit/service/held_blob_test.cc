#include "server/service/held_blob.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/told_store.h"

namespace ventral::service {
namespace {

using ::testing::HasSubstr;
using ventral::testing::ToldStore;

// Where the store answers so.
Result<Bytes> Heard(const Result<Bytes>& answer) {
  return HeldBytes(ToldStore([&](const Digest&) { return answer; }), DigestOf("x"));
}

TEST(HeldBlobTest, BuildsOnlyUponWhatIsHeld) {
  EXPECT_EQ(Heard(Bytes(5)).value(), Bytes(5));
  const auto missing = Heard(NotFound("none"));
  EXPECT_EQ(missing.error().code, ErrorCode::kConflict);
  const auto away = Heard(Unavailable("away"));
  EXPECT_EQ(away.error().code, ErrorCode::kUnavailable);
  // A collector is at it: a row that named it now would lose it.
  const auto going = Heard(Conflict("may go: upload it again"));
  ASSERT_FALSE(going.ok());
  EXPECT_EQ(going.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(going.error().message, HasSubstr("upload it again"));
}

}  // namespace
}  // namespace ventral::service
