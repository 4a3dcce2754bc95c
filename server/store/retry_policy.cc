#include "server/store/retry_policy.h"

#include <algorithm>
#include <cstdint>

namespace ventral::store {
namespace {

std::chrono::milliseconds Backoff(const QueuePolicy& policy, int attempts, double chance) {
  std::chrono::seconds backoff = policy.first_backoff;
  // Stops at the cap, so that doubling never overflows.
  for (int i = 1; i < attempts && backoff < policy.longest_backoff; ++i) backoff *= 2;
  const std::chrono::milliseconds capped = std::min(backoff, policy.longest_backoff);
  const double later = policy.jitter * chance * static_cast<double>(capped.count());
  return capped + std::chrono::milliseconds(static_cast<std::int64_t>(later));
}

bool IsDangerous(const QueuePolicy& policy, const History& history, const AttemptFailure& failure) {
  if (failure.lost) return history.lost_leases + 1 >= policy.most_lost_leases;
  return failure.failure.cause == FailureCause::kCrash &&
         history.crashes + 1 >= policy.most_crashes;
}

}  // namespace

Verdict Judge(const QueuePolicy& policy, const History& history, const AttemptFailure& failure,
              double chance) {
  const int factor = history.memory_factor;
  if (history.cancel_requested || failure.cancelled)
    return {JobState::kCancelled, AttemptOutcome::kCancelled, {}, factor, false};
  if (failure.released) return {JobState::kQueued, AttemptOutcome::kReleased, {}, factor, false};
  const Verdict failed{JobState::kFailed, AttemptOutcome::kFailed, {}, factor, false};
  const FailureCause cause = failure.failure.cause;
  if (IsFinal(cause)) return failed;
  if (IsDangerous(policy, history, failure))
    return {JobState::kFailed, AttemptOutcome::kFailed, {}, factor, true};
  const bool out_of_memory = cause == FailureCause::kOutOfMemory;
  if (out_of_memory && history.most_memory > 0 &&
      failure.failure.needed_memory_bytes > history.most_memory)
    return {JobState::kFailed, AttemptOutcome::kFailed, {}, factor, false, true};
  if (out_of_memory && factor > 1) return failed;
  if (history.attempts >= history.max_attempts) return failed;
  return {JobState::kQueued, AttemptOutcome::kFailed, Backoff(policy, history.attempts, chance),
          out_of_memory ? policy.more_memory : factor, false};
}

AttemptFailure LeaseRanOut(const std::string& worker) {
  return {{FailureCause::kInfrastructure,
           "worker '" + worker + "' was not heard of until its lease ran out"},
          "",
          false,
          false,
          true};
}

}  // namespace ventral::store
