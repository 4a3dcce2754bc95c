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
                              .longest_backoff = seconds(600),
                              .jitter = 0};

AttemptFailure Of(FailureCause cause) { return {{cause, "why"}, "", false, false, false}; }
AttemptFailure Cancelled() { return {{FailureCause::kCrash, ""}, "", true, false, false}; }
AttemptFailure Released() { return {{FailureCause::kInfrastructure, ""}, "", false, true, false}; }

struct Case {
  const char* name;
  History history;
  AttemptFailure failure;
  Verdict verdict;
};

constexpr auto kQueued = JobState::kQueued, kFailed = JobState::kFailed,
               kCancelled = JobState::kCancelled;
constexpr auto kEnded = AttemptOutcome::kFailed, kGivenBack = AttemptOutcome::kReleased,
               kStopped = AttemptOutcome::kCancelled;
constexpr Verdict kNoMore{kFailed, kEnded, {}, 1, false};

Verdict Again(seconds backoff, int memory_factor = 1) {
  return {kQueued, kEnded, backoff, memory_factor, false};
}

TEST(RetryPolicy, Judge) {
  using enum FailureCause;
  const std::vector<Case> cases = {
      {"crash, first", {1, 3}, Of(kCrash), Again(seconds(5))},
      {"timeout, second", {2, 3}, Of(kTimeout), Again(seconds(10))},
      {"infrastructure, first", {1, 3}, Of(kInfrastructure), Again(seconds(5))},
      {"crash, last", {3, 3}, Of(kCrash), kNoMore},
      {"one attempt only", {1, 1}, Of(kCrash), kNoMore},
      {"invalid checkpoint", {1, 3}, Of(kInvalidCheckpoint), kNoMore},
      {"invalid checkpoint, last", {3, 3}, Of(kInvalidCheckpoint), kNoMore},
      {"violation", {1, 3}, Of(kViolation), kNoMore},
      {"released", {1, 3}, Released(), {kQueued, kGivenBack, {}, 1, false}},
      {"released, last", {3, 3}, Released(), {kQueued, kGivenBack, {}, 1, false}},
      {"cancelled", {1, 3}, Cancelled(), {kCancelled, kStopped, {}, 1, false}},
      {"cancel asked, crash", {1, 3, true}, Of(kCrash), {kCancelled, kStopped, {}, 1, false}},
      {"cancel asked, crash, last", {3, 3, true}, Of(kCrash), {kCancelled, kStopped, {}, 1, false}},
      {"cancel asked, released", {1, 3, true}, Released(), {kCancelled, kStopped, {}, 1, false}},
  };
  for (const Case& c : cases)
    EXPECT_EQ(Judge(kPolicy, c.history, c.failure, 0), c.verdict) << c.name;
}

TEST(RetryPolicy, MemoryIsRaisedOnce) {
  const History second{.attempts = 2, .max_attempts = 9, .memory_factor = 2};
  const AttemptFailure too_little = Of(FailureCause::kOutOfMemory);
  EXPECT_EQ(Judge(kPolicy, {1, 9}, too_little, 0), Again(seconds(5), 2));
  EXPECT_EQ(Judge(kPolicy, second, too_little, 0), (Verdict{kFailed, kEnded, {}, 2, false}));
  EXPECT_EQ(Judge(kPolicy, {1, 1}, too_little, 0), kNoMore) << "no attempt is left";
  EXPECT_EQ(Judge(kPolicy, second, Of(FailureCause::kTimeout), 0), Again(seconds(10), 2))
      << "it keeps what it has";
}

TEST(RetryPolicy, WhatFitsNoWorkerIsNotTriedAgain) {
  AttemptFailure needs_ten = Of(FailureCause::kOutOfMemory);
  needs_ten.failure.needed_memory_bytes = 10;
  const auto with_most = [](std::int64_t most, int factor = 1) {
    return History{.attempts = 1, .max_attempts = 9, .memory_factor = factor, .most_memory = most};
  };
  const Verdict nowhere{kFailed, kEnded, {}, 1, false, true};
  EXPECT_EQ(Judge(kPolicy, with_most(9), needs_ten, 0), nowhere);
  EXPECT_EQ(Judge(kPolicy, with_most(10), needs_ten, 0), Again(seconds(5), 2));
  EXPECT_EQ(Judge(kPolicy, with_most(0), needs_ten, 0), Again(seconds(5), 2)) << "not known";
  EXPECT_TRUE(Judge(kPolicy, with_most(9, 2), needs_ten, 0).fits_nowhere) << "it says why";
  EXPECT_EQ(Judge(kPolicy, with_most(99, 2), needs_ten, 0).state, kFailed) << "raised once";
  // Nothing else is asked for its memory, and what was not foreseen needs nobody knows what.
  needs_ten.failure.cause = FailureCause::kTimeout;
  EXPECT_EQ(Judge(kPolicy, with_most(9), needs_ten, 0), Again(seconds(5)));
  EXPECT_EQ(Judge(kPolicy, with_most(9), Of(FailureCause::kOutOfMemory), 0), Again(seconds(5), 2));
  needs_ten.failure.cause = FailureCause::kOutOfMemory;
  needs_ten.released = true;
  EXPECT_EQ(Judge(kPolicy, with_most(9), needs_ten, 0).state, kQueued);
}

TEST(RetryPolicy, WhatKillsTwiceIsQuarantined) {
  const Verdict quarantined{kFailed, kEnded, {}, 1, true};
  const AttemptFailure crash = Of(FailureCause::kCrash), lost = LeaseRanOut("w");
  const History crashed{.attempts = 2, .max_attempts = 9, .crashes = 1};
  const History silent{.attempts = 2, .max_attempts = 9, .lost_leases = 1};
  EXPECT_EQ(Judge(kPolicy, crashed, crash, 0), quarantined);
  EXPECT_EQ(Judge(kPolicy, silent, lost, 0), quarantined);
  EXPECT_EQ(Judge(kPolicy, {2, 2, false, 1}, crash, 0), quarantined) << "at the last attempt, too";
  // One of each proves nothing, and neither does what is said by a worker that lives.
  EXPECT_EQ(Judge(kPolicy, crashed, lost, 0), Again(seconds(10)));
  EXPECT_EQ(Judge(kPolicy, silent, crash, 0), Again(seconds(10)));
  EXPECT_EQ(Judge(kPolicy, silent, Of(FailureCause::kInfrastructure), 0), Again(seconds(10)));
  EXPECT_EQ(Judge(kPolicy, crashed, Released(), 0).state, kQueued);
  EXPECT_EQ(Judge(kPolicy, {2, 9, true, 1}, crash, 0).state, kCancelled);
}

TEST(RetryPolicy, BackoffDoublesToItsCap) {
  const std::vector<std::pair<int, int>> cases = {{1, 5},   {2, 10},  {3, 20},   {7, 320},
                                                  {8, 600}, {9, 600}, {64, 600}, {1'000'000, 600}};
  for (const auto& [attempts, expected] : cases) {
    const History history{attempts, std::numeric_limits<int>::max()};
    EXPECT_EQ(Judge(kPolicy, history, Of(FailureCause::kInfrastructure), 0).backoff,
              seconds(expected))
        << attempts;
  }
}

TEST(RetryPolicy, JitterMakesABackoffLongerByUpToItsFraction) {
  QueuePolicy policy = kPolicy;
  policy.jitter = 0.5;
  const auto backoff = [&](double chance, int attempts = 1) {
    return Judge(policy, {attempts, 99}, Of(FailureCause::kInfrastructure), chance).backoff;
  };
  EXPECT_EQ(backoff(0), seconds(5));
  EXPECT_EQ(backoff(0.5), std::chrono::milliseconds(6250));
  EXPECT_EQ(backoff(0.5, 20), seconds(750)) << "of the cap";
  EXPECT_LT(backoff(0.999999), std::chrono::milliseconds(7500));
}

TEST(RetryPolicy, ALeaseThatRanOutIsOurFault) {
  const AttemptFailure failure = LeaseRanOut("worker 7");
  EXPECT_EQ(failure.failure.cause, FailureCause::kInfrastructure);
  EXPECT_NE(failure.failure.message.find("worker 7"), std::string::npos);
  EXPECT_FALSE(failure.cancelled || failure.released);
  EXPECT_TRUE(failure.lost);
}

}  // namespace
}  // namespace ventral::store
