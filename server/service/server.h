// All services in one gRPC server, with health, reaper and readiness.
#ifndef VENTRAL_SERVER_SERVICE_SERVER_H_
#define VENTRAL_SERVER_SERVICE_SERVER_H_

#include <grpcpp/channel.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "scoring/base/result.h"
#include "server/blob/blob_store.h"
#include "server/measures/measures.h"
#include "server/service/data_streams.h"
#include "server/service/transport.h"
#include "server/service/watch.h"
#include "server/store/store.h"

namespace ventral::service {

struct ServerOptions {
  std::string listen = "127.0.0.1:7411";  // port 0: any free one
  int most_threads = 320;                 // calls at a time, watches and data streams among them
  int most_calls = 96;             // that are short, and no worker's; half of them of one user
  int largest_message = 64 << 20;  // bytes; a report with every neuroid of every layer fits
  std::chrono::seconds wall_time{6 * 3600};  // of one attempt at a job
  Bytes most_grams{1ull << 30};              // of one job, that are kept; 0 keeps none
  std::chrono::milliseconds reap_interval{5'000};
  std::chrono::milliseconds ready_interval{2'000};
  // Beyond it, gRPC closes connections; of buffers and messages of callers known or not.
  Bytes most_memory{1ull << 30};
  int most_calls_a_connection = 128;  // further ones wait at the client
  bool reflection = false;            // each of its streams holds a thread, for whoever asks
  WatchOptions watch;
  DataStreamOptions streams;
  bool accounts = true;            // false: everyone may do everything
  bool anonymous_reading = false;  // what a reader may do, one may without a token
  std::optional<TlsFiles> tls;
  measures::Measures* measures = nullptr;  // outlives the server
};

class Server {
 public:
  // Listens when it returns. Store and blobs outlive it.
  // @error unavailable if the address cannot be listened on (names it); internal if a method does
  //   not say who may call it.
  static Result<std::unique_ptr<Server>> Start(const ServerOptions& options, store::Store& store,
                                               BlobStore& blobs);
  virtual ~Server() = default;
  // "127.0.0.1:7411", with the port that was found free.
  virtual const std::string& address() const = 0;
  // Calls over it need no network, and pass gate and audit like others (peer.h).
  virtual std::shared_ptr<grpc::Channel> OwnChannel() = 0;
  virtual bool ready() const = 0;  // the database answers, and Retire was not asked for
  // Says NOT_SERVING from now on, and ends watches; calls go on.
  virtual void Retire() = 0;
  // Retires, takes no new call, gives those in flight until `patience` has passed, then cancels
  // them. Returns when all have ended.
  virtual void Drain(std::chrono::milliseconds patience) = 0;
};

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_SERVER_H_
