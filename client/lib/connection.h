// A channel to the server and its services.
#ifndef VENTRAL_CLIENT_LIB_CONNECTION_H_
#define VENTRAL_CLIENT_LIB_CONNECTION_H_

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <string>

#include "client/channel/access.h"
#include "client/lib/call_error.h"
#include "scoring/base/result.h"
#include "ventral/v1/admin.grpc.pb.h"
#include "ventral/v1/blob.grpc.pb.h"
#include "ventral/v1/job.grpc.pb.h"
#include "ventral/v1/model.grpc.pb.h"
#include "ventral/v1/pack.grpc.pb.h"
#include "ventral/v1/score.grpc.pb.h"
#include "ventral/v1/worker_pool.grpc.pb.h"

namespace ventral::client {

// Thread-safe, as stubs are.
class Connection {
 public:
  // Requires CheckAccess. Does not connect yet.
  explicit Connection(std::string server, const Access& access = {});

  const std::string& server() const { return server_; }
  v1::BlobService::StubInterface& blobs() { return *blobs_; }
  v1::ModelService::StubInterface& models() { return *models_; }
  v1::PackService::StubInterface& packs() { return *packs_; }
  v1::JobService::StubInterface& jobs() { return *jobs_; }
  v1::ScoreService::StubInterface& scores() { return *scores_; }
  v1::WorkerPoolService::StubInterface& workers() { return *workers_; }
  v1::AdminService::StubInterface& admin() { return *admin_; }

  // The reply of a unary call, within a deadline:
  // Call(conn.jobs(), &JobService::StubInterface::GetJob, request).
  // @error as CallError.
  template <typename Reply, typename Stub, typename Request>
  Result<Reply> Call(Stub& stub,
                     grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Reply*),
                     const Request& request) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + kCallDeadline);
    Reply reply;
    const grpc::Status status = (stub.*method)(&context, request, &reply);
    if (!status.ok()) return ToError(status);
    return reply;
  }

  // As Call, asked once more when the connection broke or the server was away for a moment. Only
  // for requests that may come twice: they read, or have a request id.
  template <typename Reply, typename Stub, typename Request>
  Result<Reply> CallTwice(Stub& stub,
                          grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                       Reply*),
                          const Request& request) {
    Result<Reply> reply = Call(stub, method, request);
    if (reply.ok() || reply.error().code != ErrorCode::kUnavailable) return reply;
    if (!AwaitServer(kRetryPatience)) return reply;
    return Call(stub, method, request);
  }

  // Waits until the server can be connected to. False when it cannot within this time.
  bool AwaitServer(std::chrono::milliseconds patience);

  Error ToError(const grpc::Status& status) const { return CallError(status, server_); }

  static constexpr std::chrono::seconds kCallDeadline{60};
  // A server that is restarted is back within this.
  static constexpr std::chrono::milliseconds kRetryPatience{5000};

 private:
  std::string server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::BlobService::StubInterface> blobs_;
  std::unique_ptr<v1::ModelService::StubInterface> models_;
  std::unique_ptr<v1::PackService::StubInterface> packs_;
  std::unique_ptr<v1::JobService::StubInterface> jobs_;
  std::unique_ptr<v1::ScoreService::StubInterface> scores_;
  std::unique_ptr<v1::WorkerPoolService::StubInterface> workers_;
  std::unique_ptr<v1::AdminService::StubInterface> admin_;
};

// A fresh request id, so that a creation that is asked twice happens once.
std::string NewRequestId();

}  // namespace ventral::client

#endif  // VENTRAL_CLIENT_LIB_CONNECTION_H_
