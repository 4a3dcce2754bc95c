#include "server/service/readiness.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "server/service/log_text.h"

namespace ventral::service {

Readiness::Readiness(grpc::HealthCheckServiceInterface& health, std::function<Status()> ping,
                     std::chrono::milliseconds interval)
    : health_(health), ping_(std::move(ping)), ticker_(interval, [this] { Look(); }) {}

void Readiness::Look() {
  const Status status = ping_();
  if (status.ok() == serving_) return;
  serving_ = status.ok();
  health_.SetServingStatus(serving_);
  if (serving_) {
    spdlog::info("the database is back; serving");
  } else {
    spdlog::error("not serving: {}", OneLine(status.error().ToString()));
  }
}

}  // namespace ventral::service
