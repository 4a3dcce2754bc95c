// JSON over HTTP beside gRPC: the Connect protocol for every method, /metrics for Prometheus,
// /healthz (the process lives) and /readyz (its database answers).
#ifndef VENTRAL_SERVER_HTTP_HTTP_SERVER_H_
#define VENTRAL_SERVER_HTTP_HTTP_SERVER_H_

#include <grpcpp/channel.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "scoring/base/result.h"

namespace ventral::http {

struct HttpTls {
  std::filesystem::path cert, key;
  std::chrono::seconds reload{60};  // a pair that does not fit is passed over, and logged
};

struct HttpOptions {
  std::string listen;    // "host:port"; port 0: any free one
  std::string peer_key;  // metadata in which calls over the own channel say where they come from
  std::optional<HttpTls> tls;
  // Connections at a time; half of them may be streams, and half another machine's. As many wait.
  int threads = 64;
  // Bytes. A body is read before its token is looked at: threads times this is what strangers can
  // fill.
  std::size_t largest_body = 8 << 20;
  // From when a thread takes a connection until its request's head, and all of it, is there;
  // without a single byte meanwhile; and with an answer of which nobody takes any.
  std::chrono::milliseconds longest_head{10'000}, longest_body{120'000};
  std::chrono::milliseconds read_stall{10'000}, write_stall{30'000};
  // Of pages in a browser that may call: "https://lab.example"; "*" for any.
  std::vector<std::string> origins;
  std::function<std::string()> metrics;  // text of Prometheus; empty function: 404
  bool open_metrics = false;             // also to other machines
  std::function<Status()> ready;
};

class HttpServer {
 public:
  // Listens when it returns; calls go over `own`, the gRPC server's own channel.
  // @error unavailable if the address cannot be listened on; invalid_input names a certificate or
  //   key that cannot be used.
  static Result<std::unique_ptr<HttpServer>> Start(HttpOptions options,
                                                   std::shared_ptr<grpc::Channel> own);
  virtual ~HttpServer() = default;
  // "127.0.0.1:7412", with the port that was found free.
  virtual const std::string& address() const = 0;
  // Takes no new connection, ends streams, gives requests in flight until `patience` has passed,
  // then shuts their connections down. Returns when all have ended.
  virtual void Stop(std::chrono::milliseconds patience) = 0;
};

}  // namespace ventral::http

#endif  // VENTRAL_SERVER_HTTP_HTTP_SERVER_H_
