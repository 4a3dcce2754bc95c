#include "worker/daemon/outcome_report.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "worker/daemon/pause.h"

namespace ventral {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kFirstPause{200};
constexpr milliseconds kLongestPause{5000};
constexpr std::chrono::seconds kHurriedPatience{3};
// An internal error is a bug of the server: it may have been a passing one, and may not.
constexpr int kMostInternalErrors = 5;

// Whether the same call could be answered otherwise later.
bool CanPass(const Error& error, int& internal_errors) {
  if (error.code == ErrorCode::kInternal) return ++internal_errors < kMostInternalErrors;
  return error.code == ErrorCode::kUnavailable;
}

Status TellUntilHeard(const std::string& job, const std::function<Status()>& call,
                      const AttemptControl& control, const std::stop_token& hurry) {
  Backoff pauses(kFirstPause, kLongestPause);
  std::optional<steady_clock::time_point> end;
  int internal_errors = 0;
  while (true) {
    const Status told = call();
    if (told.ok() || !CanPass(told.error(), internal_errors)) return told;
    spdlog::warn("job={} its outcome is not told yet: {}", job, told.error().ToString());
    if (control.reason() == StopReason::kLeaseLost) return LeaseLost("the lease is lost");
    if (hurry.stop_requested() && !end) end = steady_clock::now() + kHurriedPatience;
    if (end && steady_clock::now() >= *end) return told;
    // Once hurrying, a token that has fired would end every pause at once.
    PauseUnlessStopped(pauses.Next(), end ? std::stop_token() : hurry);
  }
}

}  // namespace

Status TellComplete(ServerLink& server, const v1::CompleteJobRequest& request,
                    const AttemptControl& control, const std::stop_token& hurry) {
  const auto call = [&]() -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto response, server.Complete(request));
    spdlog::info("job={} completed scores={}", request.job(), response.scores_size());
    return Ok{};
  };
  return TellUntilHeard(request.job(), call, control, hurry);
}

Status TellFailed(ServerLink& server, const v1::FailJobRequest& request,
                  const AttemptControl& control, const std::stop_token& hurry) {
  const auto call = [&]() -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto response, server.Fail(request));
    spdlog::info("job={} attempt ended, job is {}", request.job(),
                 v1::JobState_Name(response.state()));
    return Ok{};
  };
  return TellUntilHeard(request.job(), call, control, hurry);
}

}  // namespace ventral
