#include "scoring/base/result.h"

#include <gtest/gtest.h>

#include "scoring/base/failure_cause.h"

namespace ventral {
namespace {

Result<int> Half(int x) {
  if (x % 2 != 0) return InvalidInput("odd");
  return x / 2;
}

Result<int> Quarter(int x) {
  VENTRAL_ASSIGN_OR_RETURN(const int half, Half(x));
  VENTRAL_RETURN_IF_ERROR(Half(half));
  return half / 2;
}

TEST(Result, CarriesValueOrErrorThroughBothMacros) {
  EXPECT_EQ(Quarter(8).value(), 2);
  EXPECT_EQ(Quarter(3).error().message, "odd");
  EXPECT_EQ(Quarter(6).error().code, ErrorCode::kInvalidInput);
}

TEST(Error, NamesCodeAndPlace) {
  EXPECT_EQ(NotFound("no row").ToString(), "not_found: no row");
  EXPECT_EQ(Unavailable("gone", "errno 5").Within("store").ToString(),
            "unavailable: store: gone [errno 5]");
}

TEST(FailureCause, NamesRoundTripAndUnknownOnesAreRefused) {
  for (auto cause :
       {FailureCause::kInvalidCheckpoint, FailureCause::kViolation, FailureCause::kOutOfMemory,
        FailureCause::kTimeout, FailureCause::kCrash, FailureCause::kInfrastructure}) {
    EXPECT_EQ(ParseFailureCause(FailureCauseName(cause)), cause);
  }
  EXPECT_FALSE(ParseFailureCause("Timeout").has_value());
}

}  // namespace
}  // namespace ventral
