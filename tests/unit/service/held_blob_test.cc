#include "server/service/held_blob.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/service/upload.h"
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

// A store that does not answer is no reason to have the bytes sent again.
TEST(HeldBlobTest, OnlyWhatIsNotHereHasToBeSent) {
  const auto here = [](const Result<Bytes>& answer) {
    return IsHeld(ToldStore([&](const Digest&) { return answer; }), {DigestOf("x"), Bytes(5)});
  };
  EXPECT_TRUE(here(Bytes(5)).value());
  EXPECT_FALSE(here(NotFound("none")).value());
  EXPECT_FALSE(here(Conflict("may go")).value());
  EXPECT_EQ(here(Unavailable("away")).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(here(Bytes(6)).error().code, ErrorCode::kInvalidInput);
}

}  // namespace
}  // namespace ventral::service
