// Events that somebody could have written again and again, told seldom.
#ifndef VENTRAL_SERVER_SERVICE_ONCE_A_MINUTE_H_
#define VENTRAL_SERVER_SERVICE_ONCE_A_MINUTE_H_

#include <chrono>
#include <map>
#include <mutex>
#include <string>

namespace ventral::service {

// Thread-safe.
class OnceAMinute {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::seconds kBetween{60};

  // Whether it is the first of `key` for a minute.
  bool IsNews(const std::string& key, Time now = std::chrono::steady_clock::now()) {
    const std::lock_guard lock(mutex_);
    std::erase_if(told_, [&](const auto& entry) { return now - entry.second >= kBetween; });
    return told_.emplace(key, now).second;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, Time> told_;  // in the last minute
};

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_ONCE_A_MINUTE_H_
