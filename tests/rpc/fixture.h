// A server in this process, on a real PostgreSQL and a real blob folder, and what most tests need
// in it.
#ifndef VENTRAL_TESTS_RPC_FIXTURE_H_
#define VENTRAL_TESTS_RPC_FIXTURE_H_

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "scoring/base/clock.h"
#include "server/service/server.h"
#include "tests/support/files.h"
#include "tests/support/postgres.h"
#include "ventral/v1/admin.grpc.pb.h"
#include "ventral/v1/blob.grpc.pb.h"
#include "ventral/v1/job.grpc.pb.h"
#include "ventral/v1/model.grpc.pb.h"
#include "ventral/v1/pack.grpc.pb.h"
#include "ventral/v1/score.grpc.pb.h"
#include "ventral/v1/worker.grpc.pb.h"
#include "ventral/v1/worker_pool.grpc.pb.h"

namespace ventral::testing {

// Passes a request through a stub's method and keeps the answer: Call(*models, &Stub::GetModel,
// request, &model).
template <typename Stub, typename Request, typename Response>
grpc::Status Call(Stub& stub,
                  grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                  const Request& request, Response* response) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
  return (stub.*method)(&context, request, response);
}

// The code, and a part of the message.
::testing::AssertionResult Refused(const grpc::Status& status, grpc::StatusCode code,
                                   const std::string& part);
// From the status's google.rpc details; empty where there is none.
std::string ReasonIn(const grpc::Status& status);
std::string WrongFieldIn(const grpc::Status& status);

// Asks until `done`, for at most 20 seconds.
template <typename Done>
bool Eventually(Done&& done) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (std::chrono::steady_clock::now() < deadline) {
    if (done()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));  // between two looks
  }
  return false;
}

class RpcTest : public ::testing::Test {
 protected:
  RpcTest() : RpcTest(std::make_unique<TestDatabase>()) {}
  explicit RpcTest(const std::string& connection) : connection_(connection) {}
  void SetUp() override { StartServer(); }

  void StartServer();
  // Another server on the same database, with these blobs.
  void Serve(std::unique_ptr<BlobStore> blobs);
  void StopServer() { server_.reset(); }
  // From now on, each call is made over this channel.
  void CallOver(std::shared_ptr<grpc::Channel> channel);

  // Each adds what it needs and fails the test where that cannot be.
  std::string Upload(const std::string& bytes);  // its SHA-256
  grpc::Status TryUpload(const std::string& sha256, std::int64_t size,
                         const std::vector<std::string>& chunks, v1::UploadBlobResponse* response);
  v1::Model MakeModel(const std::string& id = "squeezenet1_1");
  v1::Checkpoint MakeCheckpoint(const std::string& model = "squeezenet1_1",
                                const std::string& bytes = "weights");
  // Two benchmarks, small.it.rsa and small.v4.ridge, in the state that `version` says.
  v1::PublishPackRequest PackFiles(const std::string& version = "1.0.0");
  v1::Pack PublishPack(const std::string& version = "1.0.0");
  v1::Job MakeJob();  // with model, checkpoint and pack
  v1::Lease LeaseJob();
  // Whole and right for the lease.
  v1::ScoreReport ReportFor(const v1::Lease& lease, double raw = 0.25);
  grpc::Status Complete(const v1::Lease& lease, const v1::ScoreReport& report,
                        v1::CompleteJobResponse* response);

  std::unique_ptr<TestDatabase> database_;
  std::string connection_;
  ManualClock clock_{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};
  ScratchFolder folder_;
  service::ServerOptions options_ = WithoutAccounts();
  std::uint64_t max_blob_ = 4 << 20;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<BlobStore> blobs_;
  std::unique_ptr<service::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::BlobService::Stub> blob_;
  std::unique_ptr<v1::ModelService::Stub> model_;
  std::unique_ptr<v1::PackService::Stub> pack_;
  std::unique_ptr<v1::JobService::Stub> job_;
  std::unique_ptr<v1::ScoreService::Stub> score_;
  std::unique_ptr<v1::WorkerService::Stub> worker_;
  std::unique_ptr<v1::WorkerPoolService::Stub> pool_;
  std::unique_ptr<v1::AdminService::Stub> admin_;

 private:
  static service::ServerOptions WithoutAccounts() {
    service::ServerOptions options;
    options.accounts = false;
    return options;
  }
  explicit RpcTest(std::unique_ptr<TestDatabase> database)
      : database_(std::move(database)), connection_(database_->connection()) {}
};

using BlobStub = v1::BlobService::Stub;
using ModelStub = v1::ModelService::Stub;
using PackStub = v1::PackService::Stub;
using JobStub = v1::JobService::Stub;
using ScoreStub = v1::ScoreService::Stub;
using WorkerStub = v1::WorkerService::Stub;
using PoolStub = v1::WorkerPoolService::Stub;
using AdminStub = v1::AdminService::Stub;

}  // namespace ventral::testing

#endif  // VENTRAL_TESTS_RPC_FIXTURE_H_
