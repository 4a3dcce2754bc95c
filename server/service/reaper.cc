#include "server/service/reaper.h"

#include <spdlog/spdlog.h>

#include "server/service/log_text.h"

namespace ventral::service {

void Reaper::Reap() {
  const auto reaped = jobs_.Reap();
  if (!reaped.ok()) {
    spdlog::warn("reaper: {}", OneLine(reaped.error().ToString()));
  } else if (*reaped > 0) {
    if (measures_ != nullptr) measures_->LeasesRanOut(*reaped);
    spdlog::info("reaper: {} attempt(s) whose worker fell silent were ended", *reaped);
  }
}

}  // namespace ventral::service
