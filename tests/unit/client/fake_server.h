// A gRPC server on loopback whose answers a test scripts: it cuts streams as a dying server does.
#ifndef VENTRAL_TESTS_UNIT_CLIENT_FAKE_SERVER_H_
#define VENTRAL_TESTS_UNIT_CLIENT_FAKE_SERVER_H_

#include <grpcpp/grpcpp.h>

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "ventral/v1/blob.grpc.pb.h"
#include "ventral/v1/job.grpc.pb.h"

namespace ventral::testing {

struct WatchScript {
  std::vector<v1::JobState> states;  // sent in order
  grpc::Status end;                  // how the stream ends
};

class FakeServer : public v1::JobService::Service, public v1::BlobService::Service {
 public:
  FakeServer();
  ~FakeServer() override;
  const std::string& address() const { return address_; }

  std::deque<WatchScript> watches;   // one a stream that is opened
  std::vector<std::string> job_ids;  // what ListJobs answers, two a page
  int uploads_to_break = 0;          // end this many uploads with UNAVAILABLE after the first chunk
  std::map<std::string, std::string> blobs;  // uploaded, by digest

  grpc::Status WatchJob(grpc::ServerContext*, const v1::WatchJobRequest* request,
                        grpc::ServerWriter<v1::Job>* out) override;
  grpc::Status ListJobs(grpc::ServerContext*, const v1::ListJobsRequest* request,
                        v1::ListJobsResponse* reply) override;
  grpc::Status FindMissingBlobs(grpc::ServerContext*, const v1::FindMissingBlobsRequest* request,
                                v1::FindMissingBlobsResponse* reply) override;
  grpc::Status UploadBlob(grpc::ServerContext*, grpc::ServerReader<v1::UploadBlobRequest>* in,
                          v1::UploadBlobResponse* reply) override;

 private:
  std::mutex mutex_;
  std::string address_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace ventral::testing

#endif  // VENTRAL_TESTS_UNIT_CLIENT_FAKE_SERVER_H_
