// Why an attempt at a job failed: what decides whether another attempt can help.
#ifndef VENTRAL_SCORING_BASE_FAILURE_CAUSE_H_
#define VENTRAL_SCORING_BASE_FAILURE_CAUSE_H_

#include <optional>
#include <string_view>

namespace ventral {

enum class FailureCause {
  kInvalidCheckpoint,  // the file is no network, or does not run on these stimuli; never retried
  kViolation,          // the checkpoint tried what a sealed extractor may not do; never retried
  kOutOfMemory,        // the run needs more memory than it was given
  kTimeout,            // the run passed its wall time
  kCrash,              // a process of the run died
  kInfrastructure,     // ours: a worker, its disk or its connection was lost
};

// "invalid_checkpoint", "violation", "out_of_memory", "timeout", "crash", "infrastructure": in
// frames, rows, logs.
std::string_view FailureCauseName(FailureCause cause);
std::optional<FailureCause> ParseFailureCause(std::string_view name);

// Whether the cause lies in the file, so that every other attempt would end as this one did.
bool IsFinal(FailureCause cause);

}  // namespace ventral

#endif  // VENTRAL_SCORING_BASE_FAILURE_CAUSE_H_
