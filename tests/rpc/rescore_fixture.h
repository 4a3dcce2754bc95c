// Jobs whose Grams are kept, and their workers.
#ifndef VENTRAL_TESTS_RPC_RESCORE_FIXTURE_H_
#define VENTRAL_TESTS_RPC_RESCORE_FIXTURE_H_

#include <string>
#include <string_view>

#include "scoring/base/digest.h"
#include "tests/rpc/fixture.h"

namespace ventral::testing {

inline constexpr std::string_view kGramsStart("VNTR\x01\x00\x0c\x00", 8);

class RescoreRpcTest : public RpcTest {
 protected:
  RescoreRpcTest() { options_.most_grams = Bytes(100'000); }

  static std::string SomeGrams(std::size_t bytes = 5000) {
    return std::string(kGramsStart) + std::string(bytes, 'g');
  }
  static v1::KeptGrams Declare(const std::string& bytes) {
    v1::KeptGrams grams;
    grams.set_sha256(DigestOf(bytes).hex());
    grams.set_size_bytes(static_cast<std::int64_t>(bytes.size()));
    return grams;
  }
  grpc::Status UploadGrams(const v1::Lease& lease, const v1::KeptGrams& declared,
                           const std::string& bytes) {
    grpc::ClientContext context;
    v1::UploadGramsResponse response;
    const auto writer = worker_->UploadGrams(&context, &response);
    v1::UploadGramsRequest message;
    message.mutable_declaration()->set_job(lease.job());
    message.mutable_declaration()->set_lease_token(lease.lease_token());
    *message.mutable_declaration()->mutable_grams() = declared;
    bool open = writer->Write(message);
    for (std::size_t at = 0; open && at < bytes.size(); at += 1000) {
      message.set_chunk(bytes.substr(at, 1000));
      open = writer->Write(message);
    }
    writer->WritesDone();
    return writer->Finish();
  }
  grpc::Status CompleteWith(const v1::Lease& lease, const v1::KeptGrams& grams,
                            const std::string& scorer_version = "1") {
    v1::CompleteJobRequest request;
    request.set_job(lease.job());
    request.set_lease_token(lease.lease_token());
    *request.mutable_report() = ReportFor(lease);
    request.mutable_report()->mutable_provenance()->set_scorer_version(scorer_version);
    if (!grams.sha256().empty()) *request.mutable_grams() = grams;
    v1::CompleteJobResponse response;
    return Call(*worker_, &WorkerStub::CompleteJob, request, &response);
  }
  // A job whose Grams are kept, scored by a scorer of this version.
  v1::Job ScoredJob(const std::string& bytes, const std::string& scorer_version = "1") {
    const auto job = MakeJob();
    const auto lease = LeaseJob();
    EXPECT_TRUE(UploadGrams(lease, Declare(bytes), bytes).ok());
    const auto status = CompleteWith(lease, Declare(bytes), scorer_version);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return Get(job.name());
  }
  v1::Job Get(const std::string& name) {
    v1::GetJobRequest request;
    request.set_name(name);
    v1::Job job;
    EXPECT_TRUE(Call(*job_, &JobStub::GetJob, request, &job).ok());
    return job;
  }
  // Of its last attempt.
  std::string LogOf(const std::string& job) {
    v1::ListJobAttemptsRequest request;
    request.set_parent(job);
    v1::ListJobAttemptsResponse attempts;
    EXPECT_TRUE(Call(*job_, &JobStub::ListJobAttempts, request, &attempts).ok());
    return attempts.attempts(attempts.attempts_size() - 1).log_tail();
  }
  grpc::Status Rescore(const v1::CreateRescoreJobsRequest& request,
                       v1::CreateRescoreJobsResponse* response) {
    response->Clear();
    return Call(*job_, &JobStub::CreateRescoreJobs, request, response);
  }
  grpc::Status Fetch(const std::string& job, std::string* bytes) {
    grpc::ClientContext context;
    v1::FetchGramsRequest request;
    request.set_name(job);
    const auto reader = job_->FetchGrams(&context, request);
    v1::FetchGramsResponse piece;
    while (reader->Read(&piece)) bytes->append(piece.chunk());
    return reader->Finish();
  }
  int IncomingFiles() {
    int files = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(folder_.path() / "blobs/incoming")) {
      files += entry.is_regular_file() ? 1 : 0;
    }
    return files;
  }
};

}  // namespace ventral::testing

#endif  // VENTRAL_TESTS_RPC_RESCORE_FIXTURE_H_
