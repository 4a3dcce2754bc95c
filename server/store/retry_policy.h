// What becomes of a job whose attempt ended without scores. Pure: no clock, no database.
#ifndef VENTRAL_SERVER_STORE_RETRY_POLICY_H_
#define VENTRAL_SERVER_STORE_RETRY_POLICY_H_

#include <chrono>

#include "server/store/job_queue.h"

namespace ventral::store {

// How the attempt goes down in the job's history.
enum class AttemptOutcome { kFailed, kReleased, kCancelled };

// What decides, beside the failure itself.
struct History {
  int attempts = 1, max_attempts = 1;  // this one counted
  bool cancel_requested = false;
  int crashes = 0, lost_leases = 0;  // of earlier attempts
  int memory_factor = 1;             // of this attempt
  std::int64_t most_memory = 0;      // of any worker that could run it; 0: not known
};

struct Verdict {
  JobState state = JobState::kFailed;  // queued, failed or cancelled
  AttemptOutcome outcome = AttemptOutcome::kFailed;
  std::chrono::milliseconds backoff{0};  // before the next attempt, when queued
  int memory_factor = 1;                 // of the next attempt
  bool quarantined = false;              // failed, and a danger to whoever runs it
  bool fits_nowhere = false;             // failed, and no worker has what it needs
  bool operator==(const Verdict&) const = default;
};

// Only what can succeed is tried again. In this order:
//   the submitter asked for the end               → cancelled
//   the worker hands the job back                 → queued at once, the attempt is not used up
//   the checkpoint is at fault                    → failed: another attempt would end alike
//   most_crashes, or most_lost_leases             → failed and quarantined: it kills what runs it
//   out of memory, and no worker has what it needs → failed: nothing of it would run
//   out of memory, and it had more than the usual → failed
//   attempts ≥ max_attempts                       → failed
//   anything else                                 → queued after first_backoff · 2^(attempts − 1),
//     at most longest_backoff, and longer by up to `jitter` of it, so that jobs that fell together
//     do not come back together; after out of memory with `more_memory`, or what it is known to
//     need
// `chance` from [0, 1) is where in the jitter. Requires 0 ≤ chance < 1.
Verdict Judge(const QueuePolicy& policy, const History& history, const AttemptFailure& failure,
              double chance);

// What the reaper says of a lease that ran out.
AttemptFailure LeaseRanOut(const std::string& worker);

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_RETRY_POLICY_H_
