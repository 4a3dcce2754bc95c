// A channel to the server, its services, and what its errors mean to a person.
#ifndef VENTRAL_CLIENT_LIB_CONNECTION_H_
#define VENTRAL_CLIENT_LIB_CONNECTION_H_

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <string>

#include "scoring/base/result.h"
#include "ventral/v1/blob.grpc.pb.h"
#include "ventral/v1/job.grpc.pb.h"
#include "ventral/v1/model.grpc.pb.h"
#include "ventral/v1/pack.grpc.pb.h"
#include "ventral/v1/score.grpc.pb.h"

namespace ventral::client {

// Thread-safe, as stubs are.
class Connection {
 public:
  // Does not connect yet.
  explicit Connection(std::string server);

  const std::string& server() const { return server_; }
  v1::BlobService::StubInterface& blobs() { return *blobs_; }
  v1::ModelService::StubInterface& models() { return *models_; }
  v1::PackService::StubInterface& packs() { return *packs_; }
  v1::JobService::StubInterface& jobs() { return *jobs_; }
  v1::ScoreService::StubInterface& scores() { return *scores_; }

  // The reply of a unary call, within a deadline: Call(conn.jobs(), &JobService::StubInterface::GetJob, request).
  template <typename Reply, typename Stub, typename Request>
  Result<Reply> Call(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Reply*),
                     const Request& request) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + kCallDeadline);
    Reply reply;
    const grpc::Status status = (stub.*method)(&context, request, &reply);
    if (!status.ok()) return ToError(status);
    return reply;
  }

  // The server's message; of a server that does not answer, what to do about it.
  Error ToError(const grpc::Status& status) const;

  static constexpr std::chrono::seconds kCallDeadline{60};

 private:
  std::string server_;
  std::unique_ptr<v1::BlobService::StubInterface> blobs_;
  std::unique_ptr<v1::ModelService::StubInterface> models_;
  std::unique_ptr<v1::PackService::StubInterface> packs_;
  std::unique_ptr<v1::JobService::StubInterface> jobs_;
  std::unique_ptr<v1::ScoreService::StubInterface> scores_;
};

// A fresh request id, so that a creation that is asked twice happens once.
std::string NewRequestId();

}  // namespace ventral::client

#endif  // VENTRAL_CLIENT_LIB_CONNECTION_H_
