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

std::string_view JobKindName(JobKind kind) {
  switch (kind) {
    case JobKind::kScore:
      return "score";
    case JobKind::kRescore:
      return "rescore";
  }
  return "";
}

std::optional<JobKind> ParseJobKind(std::string_view name) {
  for (JobKind kind : {JobKind::kScore, JobKind::kRescore}) {
    if (JobKindName(kind) == name) return kind;
  }
  return std::nullopt;
}

bool HasEnded(JobState state) { return state != JobState::kQueued && state != JobState::kRunning; }

}  // namespace ventral::store
