#include "worker/daemon/patience.h"

namespace ventral {
namespace {

// An internal error is a bug of the server: it may have been a passing one, and may not.
constexpr int kMostInternalErrors = 5;
// Longer than the keeper's longest pause between two heartbeats, with the call.
constexpr std::chrono::seconds kSilence{45};

}  // namespace

bool Hope::After(const Error& error) {
  const auto now = Clock::now();
  const auto lasts = [&](std::optional<Clock::time_point>& since, auto patience) {
    if (!since) since = now;
    return now - *since < patience;
  };
  switch (error.code) {
    case ErrorCode::kInternal:
      return ++internal_errors_ < kMostInternalErrors;
    case ErrorCode::kResourceLimit:
      return lasts(exhausted_since_, patience_.exhausted);
    case ErrorCode::kUnavailable:
      exhausted_since_.reset();
      if (now - control_.heard() < kSilence) return lasts(answering_since_, patience_.answering);
      answering_since_.reset();
      return true;
    default:
      return false;
  }
}

}  // namespace ventral
