// A WorkerService on a real port that hands out one job, and remembers what it was told.
#ifndef VENTRAL_TESTS_UNIT_DAEMON_FAKE_SERVER_H_
#define VENTRAL_TESTS_UNIT_DAEMON_FAKE_SERVER_H_

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "ventral/v1/worker.grpc.pb.h"

namespace ventral::testing {

class FakeServer final : public v1::WorkerService::Service {
 public:
  struct Told {
    int fetches = 0;
    std::vector<v1::LeaseJobRequest> leases;
    std::vector<v1::HeartbeatRequest> heartbeats;
    std::vector<v1::GramsDeclaration> declared;  // of UploadGrams
    std::vector<std::string> grams;              // bytes of each that was taken
    std::vector<v1::CompleteJobRequest> completed;
    std::vector<v1::FailJobRequest> failed;
  };

  FakeServer();
  ~FakeServer() override;
  const std::string& address() const { return address_; }
  // Goes away, and comes back on the same port.
  void Stop();
  void Start();

  // A job whose checkpoint is this text, with a pack of one file.
  v1::Lease MakeLease(const std::string& checkpoint, std::chrono::milliseconds lease_length,
                      int wall_time_seconds);
  void SetBlob(const std::string& sha256, const std::string& bytes);
  void RemoveBlob(const std::string& sha256);
  // The next so many fetches break off after half of the bytes, as when the server goes away.
  void CutFetches(int count);
  // The next answers to FetchBlob; the bytes when there are no more.
  void AnswerFetches(std::vector<grpc::Status> answers);
  // LeaseJob hands this out, once.
  void Offer(const v1::Lease& lease);
  void AnswerHeartbeats(const grpc::Status& status);
  void RequestCancel();
  // The next answers to CompleteJob; OK when there are no more.
  void AnswerCompletions(std::vector<grpc::Status> answers);

  // The next answers to UploadGrams; OK when there are no more.
  void AnswerUploads(std::vector<grpc::Status> answers);

  // Waits until `condition` holds. False after 20 s.
  bool WaitFor(const std::function<bool(const Told&)>& condition);
  Told told();

 private:
  grpc::Status LeaseJob(grpc::ServerContext*, const v1::LeaseJobRequest*,
                        v1::LeaseJobResponse*) override;
  grpc::Status Heartbeat(grpc::ServerContext*, const v1::HeartbeatRequest*,
                         v1::HeartbeatResponse*) override;
  grpc::Status FetchBlob(grpc::ServerContext*, const v1::FetchBlobRequest*,
                         grpc::ServerWriter<v1::FetchBlobResponse>*) override;
  grpc::Status UploadGrams(grpc::ServerContext*, grpc::ServerReader<v1::UploadGramsRequest>*,
                           v1::UploadGramsResponse*) override;
  grpc::Status CompleteJob(grpc::ServerContext*, const v1::CompleteJobRequest*,
                           v1::CompleteJobResponse*) override;
  grpc::Status FailJob(grpc::ServerContext*, const v1::FailJobRequest*,
                       v1::FailJobResponse*) override;

  std::string address_ = "127.0.0.1:0";
  std::unique_ptr<grpc::Server> server_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  Told told_;
  std::map<std::string, std::string> blobs_;
  int cut_fetches_ = 0;
  std::optional<v1::Lease> offer_;
  std::chrono::milliseconds lease_length_{1000};
  grpc::Status heartbeat_status_;
  bool cancel_ = false;
  std::vector<grpc::Status> completions_, uploads_, fetches_;
};

}  // namespace ventral::testing

#endif  // VENTRAL_TESTS_UNIT_DAEMON_FAKE_SERVER_H_
