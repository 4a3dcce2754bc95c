// Time as a dependency, so that leases and backoff are tested without sleeping.
#ifndef VENTRAL_SCORING_BASE_CLOCK_H_
#define VENTRAL_SCORING_BASE_CLOCK_H_

#include <atomic>
#include <chrono>

namespace ventral {

using TimePoint = std::chrono::system_clock::time_point;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint Now() const = 0;
};

class SystemClock final : public Clock {
 public:
  TimePoint Now() const override { return std::chrono::system_clock::now(); }
};

// Stands still until a test moves it. Thread-safe, as a server's threads read it meanwhile.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(TimePoint start) : now_(start.time_since_epoch()) {}
  TimePoint Now() const override { return TimePoint(now_.load()); }
  void Advance(std::chrono::milliseconds step) {
    auto before = now_.load();
    while (!now_.compare_exchange_weak(before, before + step)) {
    }
  }

 private:
  std::atomic<TimePoint::duration> now_;
};

}  // namespace ventral

#endif  // VENTRAL_SCORING_BASE_CLOCK_H_
