#include "server/store/job_state.h"

#include <algorithm>
#include <array>
#include <utility>

namespace ventral::store {
namespace {

constexpr std::array<std::pair<JobState, JobState>, 8> kMoves = {{
    {JobState::kQueued, JobState::kRunning},
    {JobState::kQueued, JobState::kCancelled},
    {JobState::kRunning, JobState::kQueued},
    {JobState::kRunning, JobState::kSucceeded},
    {JobState::kRunning, JobState::kFailed},
    {JobState::kRunning, JobState::kCancelled},
    {JobState::kFailed, JobState::kQueued},
    {JobState::kCancelled, JobState::kQueued},
}};

}  // namespace

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
  for (JobState state : kJobStates) {
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

bool MayBecome(JobState from, JobState to) {
  return from == to || std::find(kMoves.begin(), kMoves.end(), std::pair(from, to)) != kMoves.end();
}

}  // namespace ventral::store
