#include "server/service/watch.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace ventral::service {
namespace {

bool HasEnded(store::JobState state) {
  return state != store::JobState::kQueued && state != store::JobState::kRunning;
}

using Steady = std::chrono::steady_clock;

// How long the database has been away, and how long to wait before the next look.
class Outage {
 public:
  explicit Outage(const WatchOptions& options) : options_(options), wait_(options.interval) {}
  // False when it has been away too long.
  bool Bear() {
    if (!std::exchange(away_, true)) since_ = Steady::now();
    wait_ = std::min(wait_ * 2, std::max(options_.longest_wait, options_.interval));
    return Steady::now() - since_ < options_.outage;
  }
  void End() {
    away_ = false;
    wait_ = options_.interval;
  }
  std::chrono::milliseconds wait() const { return wait_; }

 private:
  const WatchOptions& options_;
  std::chrono::milliseconds wait_;
  bool away_ = false;
  Steady::time_point since_{};
};

}  // namespace

Status Watches::Follow(const std::function<Result<store::JobRow>()>& look,
                       const std::function<bool(const store::JobRow&)>& see,
                       const std::function<bool()>& gone) {
  const Places::Place place(places_);
  if (!place.held()) {
    return ResourceLimit("too many jobs are watched at the server: " + place.refusal() +
                         "; try again later, or ask with GetJob");
  }
  Outage outage(options_);
  std::optional<std::int64_t> seen;
  do {
    if (gone()) return Ok{};
    auto row = look();
    if (!row.ok()) {
      if (row.error().code != ErrorCode::kUnavailable || !outage.Bear())
        return std::move(row).error();
      continue;
    }
    outage.End();
    if (seen != row->revision && !see(*row)) return Ok{};
    if (HasEnded(row->state)) return Ok{};
    seen = row->revision;
  } while (Wait(outage.wait()));
  return Unavailable("the server is stopping; watch again in a moment");
}

bool Watches::Wait(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, time, [this] { return stopped_; });
}

void Watches::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
}

}  // namespace ventral::service
