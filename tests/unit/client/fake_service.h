// The services on a real port, answering as a test tells them, and remembering what they were
// asked.
#ifndef VENTRAL_TESTS_UNIT_CLIENT_FAKE_SERVICE_H_
#define VENTRAL_TESTS_UNIT_CLIENT_FAKE_SERVICE_H_

#include <grpcpp/grpcpp.h>

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "ventral/v1/blob.grpc.pb.h"
#include "ventral/v1/job.grpc.pb.h"
#include "ventral/v1/model.grpc.pb.h"
#include "ventral/v1/pack.grpc.pb.h"

namespace ventral::testing {

// A status as a Ventral server sends it, with google.rpc details.
grpc::Status ServersWord(grpc::StatusCode code, const std::string& message);

// RESOURCE_EXHAUSTED that says that the same call may be made again.
grpc::Status BusyWord(const std::string& message);

// Answers to be given before the normal ones, in order.
class Refusals {
 public:
  void Add(grpc::Status status);
  // OK when there is none left.
  grpc::Status Next();

 private:
  std::mutex mutex_;
  std::deque<grpc::Status> statuses_;
};

class FakeBlobs final : public v1::BlobService::Service {
 public:
  Refusals refusals;                              // of UploadBlob, after its first chunk
  std::map<std::string, std::string> held;        // bytes by SHA-256
  std::vector<std::vector<std::size_t>> uploads;  // of each, the sizes of its chunks
  bool keeps = false;                             // knows QueryUpload
  std::map<std::string, std::string> halves;      // what is kept, by SHA-256
  std::deque<std::int64_t> lies;                  // what QueryUpload answers at first
  std::vector<std::int64_t> offsets;              // of each upload

 private:
  grpc::Status FindMissingBlobs(grpc::ServerContext*, const v1::FindMissingBlobsRequest*,
                                v1::FindMissingBlobsResponse*) override;
  grpc::Status QueryUpload(grpc::ServerContext*, const v1::QueryUploadRequest*,
                           v1::QueryUploadResponse*) override;
  grpc::Status UploadBlob(grpc::ServerContext*, grpc::ServerReader<v1::UploadBlobRequest>*,
                          v1::UploadBlobResponse*) override;
};

class FakeModels final : public v1::ModelService::Service {
 public:
  Refusals refusals;  // of CreateModel and CreateCheckpoint
  std::map<std::string, v1::Model> models;
  std::vector<std::string> request_ids;

 private:
  grpc::Status GetModel(grpc::ServerContext*, const v1::GetModelRequest*, v1::Model*) override;
  grpc::Status CreateModel(grpc::ServerContext*, const v1::CreateModelRequest*,
                           v1::Model*) override;
  grpc::Status CreateCheckpoint(grpc::ServerContext*, const v1::CreateCheckpointRequest*,
                                v1::Checkpoint*) override;
};

class FakePacks final : public v1::PackService::Service {
 public:
  std::vector<std::string> packs;  // ids

 private:
  grpc::Status GetPack(grpc::ServerContext*, const v1::GetPackRequest*, v1::Pack*) override;
};

// What one stream of WatchJob says.
struct Watched {
  std::vector<v1::Job> jobs;
  grpc::Status end;
  bool stays_open = false;  // until the server goes away
};

class FakeJobs final : public v1::JobService::Service {
 public:
  Refusals refusals;  // of CreateJob
  std::vector<v1::Job> jobs;
  std::vector<std::string> request_ids;
  Refusals rescore_refusals;  // of CreateRescoreJobs
  std::vector<v1::CreateRescoreJobsRequest> rescores;
  std::deque<Watched> streams;  // one for each WatchJob
  int page = 2;                 // jobs a page, whatever is asked

 private:
  grpc::Status CreateJob(grpc::ServerContext*, const v1::CreateJobRequest*, v1::Job*) override;
  grpc::Status GetJob(grpc::ServerContext*, const v1::GetJobRequest*, v1::Job*) override;
  grpc::Status ListJobs(grpc::ServerContext*, const v1::ListJobsRequest*,
                        v1::ListJobsResponse*) override;
  grpc::Status CreateRescoreJobs(grpc::ServerContext*, const v1::CreateRescoreJobsRequest*,
                                 v1::CreateRescoreJobsResponse*) override;
  grpc::Status WatchJob(grpc::ServerContext*, const v1::WatchJobRequest*,
                        grpc::ServerWriter<v1::Job>*) override;
};

class FakeService {
 public:
  FakeService() { Start(); }
  ~FakeService() { Stop(); }
  FakeService(const FakeService&) = delete;
  FakeService& operator=(const FakeService&) = delete;

  const std::string& address() const { return address_; }
  // Goes away, and comes back on the same port.
  void Stop();
  void Start();

  FakeBlobs blobs;
  FakeModels models;
  FakePacks packs;
  FakeJobs jobs;

 private:
  std::string address_ = "127.0.0.1:0";
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace ventral::testing

#endif  // VENTRAL_TESTS_UNIT_CLIENT_FAKE_SERVICE_H_
