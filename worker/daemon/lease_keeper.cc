#include "worker/daemon/lease_keeper.h"

#include <google/protobuf/util/time_util.h>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace ventral {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kShortestInterval{200};
// Even where a wrong clock makes a lease look long.
constexpr milliseconds kLongestInterval{20'000};
constexpr milliseconds kProgressGap{500};
constexpr milliseconds kShortestCall{1000};

}  // namespace

LeaseKeeper::LeaseKeeper(ServerLink& server, const v1::Lease& lease, AttemptControl& control)
    : server_(server),
      control_(control),
      wall_end_(Clock::now() + std::chrono::seconds(lease.wall_time_seconds())),
      wall_seconds_(lease.wall_time_seconds()) {
  request_.set_job(lease.job());
  request_.set_lease_token(lease.lease_token());
  Renew(lease.expire_time());
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

LeaseKeeper::~LeaseKeeper() = default;

void LeaseKeeper::SetProgress(v1::Progress progress) {
  const std::lock_guard lock(mutex_);
  *request_.mutable_progress() = std::move(progress);
  has_news_ = true;
  changed_.notify_all();
}

void LeaseKeeper::SetEstimate(v1::RunEstimate estimate) {
  const std::lock_guard lock(mutex_);
  *request_.mutable_estimate() = std::move(estimate);
  has_news_ = estimate_waits_ = true;
  changed_.notify_all();
}

void LeaseKeeper::WorkIsDone() {
  std::unique_lock lock(mutex_);
  work_is_done_ = true;
  changed_.notify_all();  // what waits for the gap between two heartbeats waits no more
  changed_.wait(lock, [this] { return !estimate_waits_ || !beats_; });
}

void LeaseKeeper::Renew(const google::protobuf::Timestamp& expires) {
  const auto left =
      google::protobuf::util::TimeUtil::TimestampToMilliseconds(expires) -
      std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count();
  last_beat_ = Clock::now();
  interval_ = std::clamp(milliseconds(left) / 3, kShortestInterval, kLongestInterval);
  next_beat_ = last_beat_ + interval_;
}

void LeaseKeeper::Run(const std::stop_token& stop) {
  Beats(stop);
  const std::lock_guard lock(mutex_);
  beats_ = false;
  changed_.notify_all();
}

void LeaseKeeper::Beats(const std::stop_token& stop) {
  while (true) {
    const bool hurry = WaitForNextBeat(stop);
    if (stop.stop_requested()) return;
    if (wall_seconds_ > 0 && Clock::now() >= wall_end_) {
      const std::lock_guard lock(mutex_);
      if (!work_is_done_) control_.Stop(StopReason::kTimeout);
    }
    if (hurry || Clock::now() >= std::min(next_beat_, last_beat_ + kProgressGap)) Beat();
    if (control_.reason() == StopReason::kLeaseLost) return;
  }
}

bool LeaseKeeper::WaitForNextBeat(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  auto wake = next_beat_;
  if (wall_seconds_ > 0 && control_.reason() == StopReason::kNone && !work_is_done_) {
    wake = std::min(wake, wall_end_);
  }
  // News is told early, but not sooner than the gap.
  if (!changed_.wait_until(lock, stop, wake, [this] { return has_news_; })) return false;
  return changed_.wait_until(lock, stop, std::min(wake, last_beat_ + kProgressGap),
                             [this] { return work_is_done_ && estimate_waits_; });
}

void LeaseKeeper::EstimateWasSent(bool heard) {
  const std::lock_guard lock(mutex_);
  if (heard) request_.clear_estimate();
  estimate_waits_ = false;
  changed_.notify_all();
}

void LeaseKeeper::Beat() {
  v1::HeartbeatRequest request;
  {
    const std::lock_guard lock(mutex_);
    request = request_;
    has_news_ = false;
  }
  const auto answer = server_.Heartbeat(
      request, std::max(std::chrono::duration_cast<milliseconds>(interval_), kShortestCall));
  if (request.has_estimate()) EstimateWasSent(answer.ok());
  if (answer.ok()) {
    control_.Heard();
    Renew(answer->expire_time());
    if (answer->cancel_requested()) control_.Stop(StopReason::kCancelled);
    return;
  }
  last_beat_ = Clock::now();
  next_beat_ = last_beat_ + std::min<Clock::duration>(interval_, std::chrono::seconds(1));
  const ErrorCode code = answer.error().code;
  spdlog::warn("job={} heartbeat failed: {}", request.job(), answer.error().ToString());
  if (code == ErrorCode::kLeaseLost || code == ErrorCode::kNotFound)
    control_.Stop(StopReason::kLeaseLost);
}

}  // namespace ventral
