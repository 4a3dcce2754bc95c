#include "server/store/job_state.h"

#include <array>

namespace ventral::store {

std::string_view JobStateName(JobState state) {
  switch (state) {
    case JobState::kQueued:
      return "queued";
    case JobState::kRunning:
      return "running";
    case JobState::kSucceeded:
      return "succeeded";
    case JobState::kFailed:
      return "failed";
    case JobState::kCancelled:
      return "cancelled";
  }
  return "";
}

std::optional<JobState> ParseJobState(std::string_view name) {
  static constexpr std::array kAll = {JobState::kQueued, JobState::kRunning, JobState::kSucceeded,
                                      JobState::kFailed, JobState::kCancelled};
  for (JobState state : kAll) {
    if (JobStateName(state) == name) return state;
  }
  return std::nullopt;
}

bool HasEnded(JobState state) { return state != JobState::kQueued && state != JobState::kRunning; }

}  // namespace ventral::store
