// What becomes of a job whose attempt ended without scores. Pure: no clock, no database.
#ifndef VENTRAL_SERVER_STORE_RETRY_POLICY_H_
#define VENTRAL_SERVER_STORE_RETRY_POLICY_H_

#include <chrono>

#include "server/store/job_queue.h"

namespace ventral::store {

// How the attempt goes down in the job's history.
enum class AttemptOutcome { kFailed, kReleased, kCancelled };

struct Verdict {
  JobState state = JobState::kFailed;  // queued, failed or cancelled
  AttemptOutcome outcome = AttemptOutcome::kFailed;
  std::chrono::seconds backoff{0};  // before the next attempt, when queued
  bool operator==(const Verdict&) const = default;
};

// In this order:
//   the submitter asked for the end             → cancelled
//   the worker hands the job back               → queued at once, the attempt is not used up
//   the checkpoint is at fault                  → failed: another attempt would end alike
//   attempts (this one counted) ≥ max_attempts  → failed
//   anything else                               → queued after first_backoff · 2^(attempts - 1), at
//   most longest_backoff
Verdict Judge(const QueuePolicy& policy, int attempts, int max_attempts, bool cancel_requested,
              const AttemptFailure& failure);

// What the reaper says of a lease that ran out.
AttemptFailure LeaseRanOut(const std::string& worker);

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_RETRY_POLICY_H_
