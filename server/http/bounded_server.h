// httplib's server with connections that are counted and bounded: threads, peers, bytes, time.
#ifndef VENTRAL_SERVER_HTTP_BOUNDED_SERVER_H_
#define VENTRAL_SERVER_HTTP_BOUNDED_SERVER_H_

#include <httplib.h>
#include <openssl/ssl.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "server/http/bounded_stream.h"
#include "server/http/connections.h"

namespace ventral::http {

class BoundedServer final : public httplib::Server {
 public:
  // `tls` outlives the server; nullptr: none.
  BoundedServer(int threads, const StreamLimits& limits, SSL_CTX* tls);
  ~BoundedServer() override { Stop(std::chrono::milliseconds(0)); }

  // After bind_to_port, in place of listen_after_bind: takes connections, on a thread of its own,
  // and goes on taking them when the machine had no room for one.
  void Start();
  // Takes no more connections, ends streams, gives requests until `patience` has passed, then shuts
  // their connections down. Returns when none is left.
  void Stop(std::chrono::milliseconds patience);

 private:
  void Accept();
  void Take(int socket);
  void Serve(int socket);
  // One request a connection: what a refused request has left unread can never be taken for the
  // next one.
  void ServeOne(BoundedStream& stream);

  const StreamLimits limits_;
  SSL_CTX* const tls_;
  Connections connections_;
  std::atomic<bool> stopping_ = false;
  std::thread accepting_;
};

}  // namespace ventral::http

#endif  // VENTRAL_SERVER_HTTP_BOUNDED_SERVER_H_
