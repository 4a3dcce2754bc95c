#include "server/store/retry_policy.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace ventral::store {
namespace {

using std::chrono::seconds;

constexpr QueuePolicy kPolicy{.max_attempts = 3,
                              .lease = seconds(60),
                              .first_backoff = seconds(5),
                              .longest_backoff = seconds(600)};

AttemptFailure Of(FailureCause cause) { return {{cause, "why"}, "", false, false}; }
AttemptFailure Cancelled() { return {{FailureCause::kCrash, ""}, "", true, false}; }
AttemptFailure Released() { return {{FailureCause::kInfrastructure, ""}, "", false, true}; }

struct Case {
  const char* name;
  int attempts, max_attempts;
  bool cancel_requested;
  AttemptFailure failure;
  Verdict verdict;
};

TEST(RetryPolicy, Judge) {
  constexpr auto kQueued = JobState::kQueued, kFailed = JobState::kFailed,
                 kCancelled = JobState::kCancelled;
  constexpr auto kEnded = AttemptOutcome::kFailed, kGivenBack = AttemptOutcome::kReleased,
                 kStopped = AttemptOutcome::kCancelled;
  const std::vector<Case> cases = {
      {"crash, first", 1, 3, false, Of(FailureCause::kCrash), {kQueued, kEnded, seconds(5)}},
      {"timeout, second", 2, 3, false, Of(FailureCause::kTimeout), {kQueued, kEnded, seconds(10)}},
      {"out of memory, first",
       1,
       3,
       false,
       Of(FailureCause::kOutOfMemory),
       {kQueued, kEnded, seconds(5)}},
      {"infrastructure, first",
       1,
       3,
       false,
       Of(FailureCause::kInfrastructure),
       {kQueued, kEnded, seconds(5)}},
      {"crash, last", 3, 3, false, Of(FailureCause::kCrash), {kFailed, kEnded, seconds(0)}},
      {"one attempt only", 1, 1, false, Of(FailureCause::kCrash), {kFailed, kEnded, seconds(0)}},
      {"invalid checkpoint",
       1,
       3,
       false,
       Of(FailureCause::kInvalidCheckpoint),
       {kFailed, kEnded, seconds(0)}},
      {"invalid checkpoint, last",
       3,
       3,
       false,
       Of(FailureCause::kInvalidCheckpoint),
       {kFailed, kEnded, seconds(0)}},
      {"violation", 1, 3, false, Of(FailureCause::kViolation), {kFailed, kEnded, seconds(0)}},
      {"released", 1, 3, false, Released(), {kQueued, kGivenBack, seconds(0)}},
      {"released, last", 3, 3, false, Released(), {kQueued, kGivenBack, seconds(0)}},
      {"cancelled", 1, 3, false, Cancelled(), {kCancelled, kStopped, seconds(0)}},
      {"cancel asked, crash",
       1,
       3,
       true,
       Of(FailureCause::kCrash),
       {kCancelled, kStopped, seconds(0)}},
      {"cancel asked, crash, last",
       3,
       3,
       true,
       Of(FailureCause::kCrash),
       {kCancelled, kStopped, seconds(0)}},
      {"cancel asked, released", 1, 3, true, Released(), {kCancelled, kStopped, seconds(0)}},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Judge(kPolicy, c.attempts, c.max_attempts, c.cancel_requested, c.failure), c.verdict)
        << c.name;
  }
}

TEST(RetryPolicy, BackoffDoublesToItsCap) {
  const std::vector<std::pair<int, int>> cases = {{1, 5},   {2, 10},  {3, 20},   {7, 320},
                                                  {8, 600}, {9, 600}, {64, 600}, {1'000'000, 600}};
  for (const auto& [attempts, expected] : cases) {
    EXPECT_EQ(
        Judge(kPolicy, attempts, std::numeric_limits<int>::max(), false, Of(FailureCause::kCrash))
            .backoff,
        seconds(expected))
        << attempts;
  }
}

TEST(RetryPolicy, ALeaseThatRanOutIsOurFault) {
  const AttemptFailure failure = LeaseRanOut("worker 7");
  EXPECT_EQ(failure.failure.cause, FailureCause::kInfrastructure);
  EXPECT_NE(failure.failure.message.find("worker 7"), std::string::npos);
  EXPECT_FALSE(failure.cancelled || failure.released);
}

}  // namespace
}  // namespace ventral::store
