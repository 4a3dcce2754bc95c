// httplib's server with connections that are counted and bounded: threads, peers, bytes, time.
#ifndef VENTRAL_SERVER_HTTP_BOUNDED_SERVER_H_
#define VENTRAL_SERVER_HTTP_BOUNDED_SERVER_H_

#include <httplib.h>
#include <openssl/ssl.h>

#include <chrono>

#include "server/http/bounded_stream.h"
#include "server/http/connections.h"

namespace ventral::http {

class BoundedServer final : public httplib::Server {
 public:
  // `tls` outlives the server; nullptr: none.
  BoundedServer(int threads, const StreamLimits& limits, SSL_CTX* tls);

  // After stop(): gives connections until `patience` has passed, then shuts them down. Returns when
  // none is left.
  void StopConnections(std::chrono::milliseconds patience) { connections_.Stop(patience); }

 private:
  bool process_and_close_socket(socket_t socket) override;  // on the thread that accepts
  void Serve(int socket);
  // One request a connection: what a refused request has left unread can never be taken for the
  // next one.
  void ServeOne(BoundedStream& stream);

  const StreamLimits limits_;
  SSL_CTX* const tls_;
  Connections connections_;
};

}  // namespace ventral::http

#endif  // VENTRAL_SERVER_HTTP_BOUNDED_SERVER_H_
