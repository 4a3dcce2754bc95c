#include "worker/daemon/device_loop.h"

#include <spdlog/spdlog.h>

#include "worker/daemon/memory_budget.h"
#include "worker/daemon/pause.h"

namespace ventral {

using std::chrono::milliseconds;

namespace {

RunLimits LimitsOn(const v1::Lease& lease, const DeviceLoopOptions& options) {
  RunLimits limits = options.limits;
  limits.memory_budget_bytes =
      RaisedBudget(limits.memory_budget_bytes, options.largest_budget_bytes,
                   {lease.memory_factor(), lease.needed_memory_bytes()});
  return limits;
}

}  // namespace

Status RunDeviceLoop(const DeviceLoopOptions& options, ServerLink& server, BlobCache& cache,
                     const std::stop_token& drain, const std::stop_token& hand_back) {
  Backoff pauses(milliseconds(500), milliseconds(10'000));
  Backoff rests(options.first_rest, milliseconds(60'000));
  bool was_away = false;
  while (!drain.stop_requested()) {
    const auto lease =
        server.Lease(options.worker, options.limits.device, options.node, options.rescore_only);
    if (!lease.ok()) {
      // Said once: a server may be away for hours.
      if (!was_away) {
        spdlog::warn("device={} no lease: {}", options.limits.device, lease.error().ToString());
      }
      if (options.once) return lease.error();
      was_away = true;
      PauseUnlessStopped(pauses.Next(), drain);
      continue;
    }
    if (was_away) spdlog::info("device={} the server answers again", options.limits.device);
    was_away = false;
    pauses.Reset();
    if (lease->has_value()) {
      const JobEnd end =
          RunJob(**lease, LimitsOn(**lease, options), options.programs, server, cache, hand_back);
      if (end == JobEnd::kDone) {
        rests.Reset();
      } else if (!options.once) {
        PauseUnlessStopped(rests.Next(), drain);
      }
    } else if (!options.once) {
      PauseUnlessStopped(options.poll_interval, drain);
    }
    if (options.once) return Ok{};
  }
  return Ok{};
}

}  // namespace ventral
