#include "server/http/connections.h"

#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <exception>

namespace ventral::http {

Connections::Connections(int threads, std::function<void(int socket)> serve)
    : most_waiting_(static_cast<std::size_t>(threads)),
      serve_(std::move(serve)),
      shares_(std::max(1, threads / 2)) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
}

Connections::~Connections() { Stop(std::chrono::milliseconds(0)); }

Admission Connections::Take(int socket, const std::string& peer) {
  const std::lock_guard lock(mutex_);
  if (stopping_ || waiting_.size() >= most_waiting_) return Admission::kFull;
  if (!shares_.Enter(peer)) return Admission::kPeerHasItsShare;
  waiting_.push_back({socket, peer});
  offered_.notify_one();
  return Admission::kTaken;
}

void Connections::Serve(const Connection& connection) const {
  try {
    serve_(connection.socket);
  } catch (const std::exception& error) {
    spdlog::error("a connection was given up: {}", error.what());
  }
}

void Connections::Work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    offered_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    const Connection connection = std::move(waiting_.front());
    waiting_.pop_front();
    served_.insert(connection.socket);
    lock.unlock();
    Serve(connection);
    lock.lock();
    served_.erase(connection.socket);  // before its number can be another's
    ::close(connection.socket);
    shares_.Leave(connection.peer);
    ended_.notify_all();
  }
}

void Connections::Stop(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  offered_.notify_all();
  ended_.wait_for(lock, patience, [this] { return waiting_.empty() && served_.empty(); });
  for (const Connection& connection : waiting_) ::close(connection.socket);
  waiting_.clear();
  for (const int socket : served_) ::shutdown(socket, SHUT_RDWR);
  lock.unlock();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

}  // namespace ventral::http
