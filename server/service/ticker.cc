#include "server/service/ticker.h"

#include <utility>

namespace ventral::service {

Ticker::Ticker(std::chrono::milliseconds interval, std::function<void()> act)
    : interval_(interval), act_(std::move(act)), thread_([this] { Run(); }) {}

Ticker::~Ticker() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  stopping_.notify_all();
  thread_.join();
}

void Ticker::Run() {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    lock.unlock();
    act_();
    lock.lock();
    stopping_.wait_for(lock, interval_, [this] { return stop_; });
  }
}

}  // namespace ventral::service
