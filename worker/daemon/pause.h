// Waiting that can be cut short, and how long to wait after failures.
#ifndef VENTRAL_WORKER_DAEMON_PAUSE_H_
#define VENTRAL_WORKER_DAEMON_PAUSE_H_

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace ventral {

// Sleeps for `length`, or until `stop` fires. True if it fired.
inline bool PauseUnlessStopped(std::chrono::milliseconds length, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any woken;
  std::unique_lock lock(mutex);
  woken.wait_for(lock, stop, length, [] { return false; });
  return stop.stop_requested();
}

// Pauses that double, up to a longest one.
class Backoff {
 public:
  Backoff(std::chrono::milliseconds first, std::chrono::milliseconds longest)
      : first_(first), longest_(longest), next_(first) {}
  std::chrono::milliseconds Next() {
    const auto pause = next_;
    next_ = std::min(2 * next_, longest_);
    return pause;
  }
  void Reset() { next_ = first_; }

 private:
  std::chrono::milliseconds first_, longest_, next_;
};

}  // namespace ventral

#endif  // VENTRAL_WORKER_DAEMON_PAUSE_H_
