// A thread that does one thing again and again until it is stopped.
#ifndef VENTRAL_SERVER_SERVICE_TICKER_H_
#define VENTRAL_SERVER_SERVICE_TICKER_H_

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace ventral::service {

class Ticker {
 public:
  // Calls `act` now, and then `interval` after each time it returned.
  Ticker(std::chrono::milliseconds interval, std::function<void()> act);
  // Waits for an `act` that is running.
  ~Ticker();
  Ticker(const Ticker&) = delete;
  Ticker& operator=(const Ticker&) = delete;

 private:
  void Run();

  const std::chrono::milliseconds interval_;
  const std::function<void()> act_;
  std::mutex mutex_;
  std::condition_variable stopping_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_TICKER_H_
