#include "server/store/retry_policy.h"

#include <algorithm>

namespace ventral::store {
namespace {

std::chrono::seconds Backoff(const QueuePolicy& policy, int attempts) {
  std::chrono::seconds backoff = policy.first_backoff;
  // Stops at the cap, so that doubling never overflows.
  for (int i = 1; i < attempts && backoff < policy.longest_backoff; ++i) backoff *= 2;
  return std::min(backoff, policy.longest_backoff);
}

}  // namespace

Verdict Judge(const QueuePolicy& policy, int attempts, int max_attempts, bool cancel_requested,
              const AttemptFailure& failure) {
  if (cancel_requested || failure.cancelled)
    return {JobState::kCancelled, AttemptOutcome::kCancelled, {}};
  if (failure.released) return {JobState::kQueued, AttemptOutcome::kReleased, {}};
  if (IsFinal(failure.failure.cause) || attempts >= max_attempts) {
    return {JobState::kFailed, AttemptOutcome::kFailed, {}};
  }
  return {JobState::kQueued, AttemptOutcome::kFailed, Backoff(policy, attempts)};
}

AttemptFailure LeaseRanOut(const std::string& worker) {
  return {{FailureCause::kInfrastructure,
           "worker '" + worker + "' was not heard of until its lease ran out"},
          "",
          false,
          false};
}

}  // namespace ventral::store
