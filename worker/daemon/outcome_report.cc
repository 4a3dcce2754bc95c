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

struct Call {
  const std::string& job;
  std::function<Status()> make;
  bool ends_when_cancelled;  // else it hurries then
};

Status TellUntilHeard(const Call& call, const AttemptControl& control, const Patience& patience,
                      const std::stop_token& hurry) {
  Backoff pauses(kFirstPause, kLongestPause);
  Hope hope(patience, control);
  std::optional<steady_clock::time_point> end;
  while (true) {
    const Status told = call.make();
    if (told.ok() || !hope.After(told.error())) return told;
    spdlog::warn("job={} its outcome is not told yet: {}", call.job, told.error().ToString());
    if (control.reason() == StopReason::kLeaseLost) return LeaseLost("the lease is lost");
    const bool cancelled = control.reason() == StopReason::kCancelled;
    if (cancelled && call.ends_when_cancelled) return told;
    if ((cancelled || hurry.stop_requested()) && !end) end = steady_clock::now() + kHurriedPatience;
    if (end && steady_clock::now() >= *end) return told;
    // Once hurrying, a token that has fired would end every pause at once.
    PauseUnlessStopped(pauses.Next(), end ? std::stop_token() : hurry);
  }
}

}  // namespace

Status TellComplete(ServerLink& server, const v1::CompleteJobRequest& request,
                    const AttemptControl& control, const Patience& patience,
                    const std::stop_token& hurry) {
  const auto call = [&]() -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto response, server.Complete(request));
    spdlog::info("job={} completed scores={}", request.job(), response.scores_size());
    return Ok{};
  };
  return TellUntilHeard({request.job(), call, true}, control, patience, hurry);
}

Status TellFailed(ServerLink& server, const v1::FailJobRequest& request,
                  const AttemptControl& control, const Patience& patience,
                  const std::stop_token& hurry) {
  const auto call = [&]() -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto response, server.Fail(request));
    spdlog::info("job={} attempt ended, job is {}", request.job(),
                 v1::JobState_Name(response.state()));
    return Ok{};
  };
  return TellUntilHeard({request.job(), call, false}, control, patience, hurry);
}

}  // namespace ventral
