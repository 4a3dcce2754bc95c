#include "server/service/reaper.h"

#include <spdlog/spdlog.h>

#include "server/service/caller.h"
#include "server/service/log_text.h"
#include "server/store/job_state.h"

namespace ventral::service {

void Reaper::Reap() {
  const auto reaped = jobs_.Reap([](const store::JobQueue::Reaped& ended) {
    spdlog::info("reaper: {} ended, as worker '{}' fell silent; the job is {}",
                 AttemptInLog(ended.job, ended.attempt), OneLine(ended.worker),
                 store::JobStateName(ended.state));
  });
  if (!reaped.ok()) {
    spdlog::warn("reaper: {}", OneLine(reaped.error().ToString()));
  } else if (*reaped > 0) {
    if (measures_ != nullptr) measures_->LeasesRanOut(*reaped);
    spdlog::info("reaper: {} attempt(s) whose worker fell silent were ended", *reaped);
  }
}

}  // namespace ventral::service
