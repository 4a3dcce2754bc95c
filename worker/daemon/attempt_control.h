// Why a running attempt must stop: said once, by whoever is first.
#ifndef VENTRAL_WORKER_DAEMON_ATTEMPT_CONTROL_H_
#define VENTRAL_WORKER_DAEMON_ATTEMPT_CONTROL_H_

#include <atomic>
#include <chrono>
#include <stop_token>

namespace ventral {

enum class StopReason {
  kNone,
  kLeaseLost,  // the job is another worker's by now: drop it, say nothing
  kCancelled,  // its submitter wants no more of it
  kTimeout,    // its wall time has passed
  kDrained,    // this worker shuts down and hands it back
};

class AttemptControl {
 public:
  // The first reason stands; later ones change nothing. May be called from any thread.
  void Stop(StopReason reason) {
    StopReason none = StopReason::kNone;
    if (reason_.compare_exchange_strong(none, reason)) source_.request_stop();
  }
  StopReason reason() const { return reason_; }
  // Fires when the attempt must stop.
  std::stop_token token() const { return source_.get_token(); }

  // The server has answered a heartbeat just now.
  void Heard() { heard_ = Clock::now().time_since_epoch().count(); }
  // When that was; the clock's epoch where it never did.
  std::chrono::steady_clock::time_point heard() const {
    return Clock::time_point(Clock::duration(heard_.load()));
  }

 private:
  using Clock = std::chrono::steady_clock;

  std::atomic<Clock::rep> heard_ = 0;
  std::atomic<StopReason> reason_ = StopReason::kNone;
  std::stop_source source_;
};

}  // namespace ventral

#endif  // VENTRAL_WORKER_DAEMON_ATTEMPT_CONTROL_H_
