// The worker's side of ventral.v1.WorkerService: one call each, every call with a deadline.
#ifndef VENTRAL_WORKER_DAEMON_SERVER_LINK_H_
#define VENTRAL_WORKER_DAEMON_SERVER_LINK_H_

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "client/channel/access.h"
#include "scoring/base/digest.h"
#include "scoring/base/result.h"
#include "ventral/v1/worker.grpc.pb.h"

namespace ventral {

// A report may hold every neuroid of every layer, and a lease lists every file of a pack. No server
// takes more in one message.
inline constexpr std::size_t kLargestMessage = 64u << 20;

// Errors of every call: unavailable when the server cannot be reached or does not answer in time,
// lease_lost when the lease's token is no longer the job's, else the code that fits the status.
class ServerLink {
 public:
  // "host:port". Requires CheckAccess. Connects when first used, and again whenever the connection
  // was lost.
  explicit ServerLink(const std::string& address, const Access& access = {});

  // nullopt when no job is waiting. `node` is what the server tells of this worker.
  Result<std::optional<v1::Lease>> Lease(const std::string& worker, const std::string& device,
                                         const v1::WorkerNode& node, bool rescore_only);
  Result<v1::HeartbeatResponse> Heartbeat(const v1::HeartbeatRequest& request,
                                          std::chrono::milliseconds timeout);
  // Streams `file`; ends early, with unavailable, when `stop` fires.
  Status UploadGrams(const v1::GramsDeclaration& declaration, const std::filesystem::path& file,
                     const std::stop_token& stop);
  Result<v1::CompleteJobResponse> Complete(const v1::CompleteJobRequest& request);
  Result<v1::FailJobResponse> Fail(const v1::FailJobRequest& request);

  using Sink = std::function<Status(std::string_view)>;
  // Streams `bytes` bytes into `sink`; ends early, with unavailable, when `stop` fires.
  // @error corrupt_data if fewer or more bytes came; whatever `sink` returns.
  Status Fetch(const Digest& digest, std::uint64_t bytes, const std::stop_token& stop,
               const Sink& sink);

 private:
  // Waits a little for a lost connection. gRPC sees that one was made only while somebody waits for
  // it, else every five seconds (its issue 28866), and calls made meanwhile fail at once.
  void Begin(grpc::ClientContext& context, std::chrono::milliseconds timeout);

  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::WorkerService::Stub> stub_;
};

}  // namespace ventral

#endif  // VENTRAL_WORKER_DAEMON_SERVER_LINK_H_
