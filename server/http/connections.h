// The threads that serve connections, and the few connections that wait for one.
#ifndef VENTRAL_SERVER_HTTP_CONNECTIONS_H_
#define VENTRAL_SERVER_HTTP_CONNECTIONS_H_

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "server/http/peers.h"

namespace ventral::http {

enum class Admission { kTaken, kPeerHasItsShare, kFull };

// Thread-safe.
class Connections {
 public:
  // `serve` runs on one of `threads` threads and leaves the socket open. As many connections as
  // there are threads may wait; a peer has at most half as many, those that wait among them.
  Connections(int threads, std::function<void(int socket)> serve);
  ~Connections();  // as Stop(0)

  // A socket that was taken is closed after it was served; any other stays the caller's.
  Admission Take(int socket, const std::string& peer);

  // Takes no more, gives those that are there until `patience` has passed, then shuts their sockets
  // down. Returns when none is left.
  void Stop(std::chrono::milliseconds patience);

 private:
  struct Connection {
    int socket;
    std::string peer;
  };

  void Work();
  void Serve(const Connection& connection) const;

  const std::size_t most_waiting_;
  const std::function<void(int)> serve_;
  std::mutex mutex_;
  std::condition_variable offered_, ended_;
  Shares shares_;
  std::deque<Connection> waiting_;
  std::set<int> served_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace ventral::http

#endif  // VENTRAL_SERVER_HTTP_CONNECTIONS_H_
