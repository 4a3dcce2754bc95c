#include <google/protobuf/util/message_differencer.h>

#include <cmath>
#include <fstream>

#include "scoring/base/digest.h"
#include "tests/rpc/fixture.h"

namespace ventral::testing {
namespace {

class WorkerRpcTest : public RpcTest {
 protected:
  v1::Job Job(const std::string& name) {
    v1::GetJobRequest request;
    request.set_name(name);
    v1::Job job;
    EXPECT_TRUE(Call(*job_, &JobStub::GetJob, request, &job).ok());
    return job;
  }
  grpc::Status Beat(const v1::Lease& lease, v1::HeartbeatResponse* response) {
    v1::HeartbeatRequest request;
    request.set_job(lease.job());
    request.set_lease_token(lease.lease_token());
    request.mutable_progress()->set_phase("extract");
    return Call(*worker_, &WorkerStub::Heartbeat, request, response);
  }
  static v1::FailJobRequest FailureOf(const v1::Lease& lease, v1::FailureCause cause) {
    v1::FailJobRequest request;
    request.set_job(lease.job());
    request.set_lease_token(lease.lease_token());
    request.mutable_failure()->set_cause(cause);
    request.mutable_failure()->set_message("the file is no network");
    request.set_log_tail("last words");
    return request;
  }
  grpc::Status Fail(const v1::FailJobRequest& request, v1::FailJobResponse* response) {
    return Call(*worker_, &WorkerStub::FailJob, request, response);
  }
  // All the bytes of a blob, by FetchBlob.
  grpc::Status Fetch(const std::string& sha256, std::string* bytes) {
    grpc::ClientContext context;
    v1::FetchBlobRequest request;
    request.set_sha256(sha256);
    const auto reader = worker_->FetchBlob(&context, request);
    v1::FetchBlobResponse piece;
    while (reader->Read(&piece)) bytes->append(piece.chunk());
    return reader->Finish();
  }
};

TEST_F(WorkerRpcTest, AnswersWithoutALeaseWhereNoJobWaits) {
  v1::LeaseJobRequest request;
  request.set_worker("worker-1");
  request.set_device("cpu");
  v1::LeaseJobResponse response;
  ASSERT_TRUE(Call(*worker_, &WorkerStub::LeaseJob, request, &response).ok());
  EXPECT_FALSE(response.has_lease());
}

TEST_F(WorkerRpcTest, LeasesAJobWithAllThatItNeeds) {
  const auto job = MakeJob();
  v1::GetPackRequest get;
  get.set_name("packs/small");
  v1::Pack pack;
  ASSERT_TRUE(Call(*pack_, &PackStub::GetPack, get, &pack).ok());
  const auto lease = LeaseJob();
  EXPECT_EQ(lease.job(), job.name());
  EXPECT_EQ(lease.checkpoint(), job.checkpoint());
  EXPECT_EQ(lease.checkpoint_sha256(), DigestOf("weights").hex());
  EXPECT_EQ(lease.checkpoint_size_bytes(), 7);
  EXPECT_EQ(lease.pack(), "packs/small");
  EXPECT_EQ(lease.pack_digest(), pack.digest());
  EXPECT_EQ(lease.attempt(), 1);
  EXPECT_EQ(lease.wall_time_seconds(), 21600);
  EXPECT_EQ(lease.expire_time().seconds(), 1767225600 + 60);
  ASSERT_EQ(lease.pack_files_size(), 6);
  for (const auto& file : lease.pack_files()) {
    std::string bytes;
    ASSERT_TRUE(Fetch(file.sha256(), &bytes).ok());
    EXPECT_EQ(static_cast<std::int64_t>(bytes.size()), file.size_bytes()) << file.path();
    EXPECT_EQ(DigestOf(bytes).hex(), file.sha256());
  }
  EXPECT_EQ(Job(job.name()).state(), v1::JOB_STATE_RUNNING);
}

TEST_F(WorkerRpcTest, RefusesAWorkerWithoutAName) {
  v1::LeaseJobRequest request;
  v1::LeaseJobResponse response;
  request.set_device("cpu");
  EXPECT_EQ(WrongFieldIn(Call(*worker_, &WorkerStub::LeaseJob, request, &response)), "worker");
  request.set_worker(std::string(101, 'w'));
  EXPECT_EQ(WrongFieldIn(Call(*worker_, &WorkerStub::LeaseJob, request, &response)), "worker");
  request.set_worker("w");
  request.clear_device();
  EXPECT_EQ(WrongFieldIn(Call(*worker_, &WorkerStub::LeaseJob, request, &response)), "device");
}

TEST_F(WorkerRpcTest, FetchesABlobInPieces) {
  std::string bytes;
  for (int i = 0; bytes.size() < (3u << 20) + 5; ++i) bytes += std::to_string(i);
  const std::string digest = DigestOf(bytes).hex();
  std::vector<std::string> chunks;
  for (std::size_t at = 0; at < bytes.size(); at += 1 << 20)
    chunks.push_back(bytes.substr(at, 1 << 20));
  v1::UploadBlobResponse response;
  ASSERT_TRUE(TryUpload(digest, static_cast<std::int64_t>(bytes.size()), chunks, &response).ok());
  std::string fetched;
  ASSERT_TRUE(Fetch(digest, &fetched).ok());
  EXPECT_TRUE(fetched == bytes);
}

TEST_F(WorkerRpcTest, SaysWhichBlobIsMissingOrDamaged) {
  std::string bytes;
  EXPECT_TRUE(
      Refused(Fetch(DigestOf("none").hex(), &bytes), grpc::NOT_FOUND, DigestOf("none").hex()));
  EXPECT_EQ(WrongFieldIn(Fetch("xyz", &bytes)), "sha256");
  const std::string digest = Upload("whole");
  const auto file = folder_.path() / "blobs" / "sha256" / digest.substr(0, 2) / digest;
  std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  std::ofstream(file, std::ios::trunc) << "rotten";
  const auto status = Fetch(digest, &bytes);
  EXPECT_TRUE(Refused(status, grpc::DATA_LOSS, digest));
  EXPECT_EQ(ReasonIn(status), "CORRUPT_DATA");
}

TEST_F(WorkerRpcTest, KeepsALeaseAliveByHeartbeats) {
  const auto job = MakeJob();
  const auto lease = LeaseJob();
  clock_.Advance(std::chrono::seconds(40));
  v1::HeartbeatResponse response;
  ASSERT_TRUE(Beat(lease, &response).ok());
  EXPECT_EQ(response.expire_time().seconds(), 1767225600 + 100);
  EXPECT_FALSE(response.cancel_requested());
  v1::CancelJobRequest cancel;
  cancel.set_name(job.name());
  v1::Job cancelled;
  ASSERT_TRUE(Call(*job_, &JobStub::CancelJob, cancel, &cancelled).ok());
  ASSERT_TRUE(Beat(lease, &response).ok());
  EXPECT_TRUE(response.cancel_requested());
  auto failure = FailureOf(lease, v1::FAILURE_CAUSE_UNSPECIFIED);
  failure.clear_failure();
  failure.set_cancelled(true);
  v1::FailJobResponse failed;
  ASSERT_TRUE(Fail(failure, &failed).ok());
  EXPECT_EQ(failed.state(), v1::JOB_STATE_CANCELLED);
}

TEST_F(WorkerRpcTest, LetsALostLeaseChangeNothing) {
  const auto job = MakeJob();
  const auto lost = LeaseJob();
  clock_.Advance(std::chrono::seconds(61));
  ASSERT_TRUE(store_->jobs().Reap().ok());
  clock_.Advance(std::chrono::seconds(600));  // past the backoff
  const auto current = LeaseJob();
  EXPECT_EQ(current.attempt(), 2);
  v1::HeartbeatResponse beaten;
  v1::CompleteJobResponse completed;
  v1::FailJobResponse failed;
  const grpc::Status refusals[] = {Beat(lost, &beaten), Complete(lost, ReportFor(lost), &completed),
                                   Fail(FailureOf(lost, v1::FAILURE_CAUSE_CRASH), &failed)};
  for (const auto& status : refusals) {
    EXPECT_TRUE(Refused(status, grpc::ABORTED, "lease"));
    EXPECT_EQ(ReasonIn(status), "LEASE_LOST");
  }
  EXPECT_EQ(Job(job.name()).state(), v1::JOB_STATE_RUNNING);
  v1::ListScoresResponse scores;
  ASSERT_TRUE(Call(*score_, &ScoreStub::ListScores, v1::ListScoresRequest(), &scores).ok());
  EXPECT_EQ(scores.scores_size(), 0);
  ASSERT_TRUE(Complete(current, ReportFor(current), &completed).ok());
}

TEST_F(WorkerRpcTest, StoresScoresOnceHoweverOftenTheWorkerAsks) {
  const auto job = MakeJob();
  const auto lease = LeaseJob();
  v1::CompleteJobResponse first, again;
  ASSERT_TRUE(Complete(lease, ReportFor(lease), &first).ok());
  ASSERT_TRUE(Complete(lease, ReportFor(lease), &again).ok());
  ASSERT_EQ(first.scores_size(), 2);
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(first, again));
  EXPECT_EQ(Job(job.name()).state(), v1::JOB_STATE_SUCCEEDED);
  v1::ListJobAttemptsRequest list;
  list.set_parent(job.name());
  v1::ListJobAttemptsResponse attempts;
  ASSERT_TRUE(Call(*job_, &JobStub::ListJobAttempts, list, &attempts).ok());
  ASSERT_EQ(attempts.attempts_size(), 1);
  EXPECT_EQ(attempts.attempts(0).worker(), "worker-1");
  EXPECT_EQ(attempts.attempts(0).device(), "cpu");
  EXPECT_EQ(attempts.attempts(0).log_tail(), "done");
  EXPECT_FALSE(attempts.attempts(0).has_failure());
}

TEST_F(WorkerRpcTest, RefusesAReportThatIsNotTheJobs) {
  const auto job = MakeJob();
  const auto lease = LeaseJob();
  struct Case {
    const char* part;
    void (*spoil)(v1::ScoreReport&);
  };
  const Case cases[] = {
      {"report.scores[0].raw: is NaN", [](auto& r) { r.mutable_scores(0)->set_raw(NAN); }},
      {"report.scores[1].layers[0].per_subject[0]: is infinite",
       [](auto& r) { r.mutable_scores(1)->mutable_layers(0)->set_per_subject(0, -INFINITY); }},
      {"report.scores[0].ceiling.lower: is NaN",
       [](auto& r) { r.mutable_scores(0)->mutable_ceiling()->set_lower(NAN); }},
      {"report.provenance.checkpoint_sha256",
       [](auto& r) { r.mutable_provenance()->set_checkpoint_sha256(DigestOf("other").hex()); }},
      {"report.provenance.pack_digest",
       [](auto& r) { r.mutable_provenance()->set_pack_digest(DigestOf("other").hex()); }},
      {"report.provenance.pack_version",
       [](auto& r) { r.mutable_provenance()->set_pack_version("2.0.0"); }},
      {"small.it.cka", [](auto& r) { r.mutable_scores(0)->set_benchmark("small.it.cka"); }},
      {"none of benchmark small.v4.ridge", [](auto& r) { r.mutable_scores()->RemoveLast(); }},
      {"report.scores has none", [](auto& r) { r.clear_scores(); }},
      {"there twice", [](auto& r) { *r.add_scores() = r.scores(0); }}};
  for (const auto& [part, spoil] : cases) {
    auto report = ReportFor(lease);
    spoil(report);
    v1::CompleteJobResponse response;
    EXPECT_TRUE(Refused(Complete(lease, report, &response), grpc::INVALID_ARGUMENT, part));
  }
  EXPECT_EQ(Job(job.name()).state(), v1::JOB_STATE_RUNNING);
  v1::CompleteJobResponse response;
  EXPECT_TRUE(Complete(lease, ReportFor(lease), &response).ok()) << "the lease is still good";
}

TEST_F(WorkerRpcTest, ChecksTheReportAgainstTheJobsOwnVersionOfThePack) {
  MakeJob();
  PublishPack("2.0.0");
  const auto lease = LeaseJob();
  v1::CompleteJobResponse response;
  EXPECT_TRUE(Complete(lease, ReportFor(lease), &response).ok()) << "1.0.0 is what was queued";
}

TEST_F(WorkerRpcTest, EndsOrRepeatsAFailedAttemptByItsCause) {
  const auto job = MakeJob();
  auto lease = LeaseJob();
  v1::FailJobResponse response;
  ASSERT_TRUE(Fail(FailureOf(lease, v1::FAILURE_CAUSE_CRASH), &response).ok());
  EXPECT_EQ(response.state(), v1::JOB_STATE_QUEUED) << "a crash may pass";
  clock_.Advance(std::chrono::seconds(600));
  lease = LeaseJob();
  auto release = FailureOf(lease, v1::FAILURE_CAUSE_UNSPECIFIED);
  release.set_released(true);
  ASSERT_TRUE(Fail(release, &response).ok());
  EXPECT_EQ(response.state(), v1::JOB_STATE_QUEUED);
  EXPECT_EQ(Job(job.name()).attempts(), 1) << "a released attempt is not used up";
  clock_.Advance(std::chrono::seconds(600));
  lease = LeaseJob();
  ASSERT_TRUE(Fail(FailureOf(lease, v1::FAILURE_CAUSE_INVALID_CHECKPOINT), &response).ok());
  EXPECT_EQ(response.state(), v1::JOB_STATE_FAILED) << "another attempt cannot help";
  const auto ended = Job(job.name());
  EXPECT_EQ(ended.failure().cause(), v1::FAILURE_CAUSE_INVALID_CHECKPOINT);
  EXPECT_EQ(ended.failure().message(), "the file is no network");
}

TEST_F(WorkerRpcTest, AViolationEndsTheJob) {
  const auto job = MakeJob();
  v1::FailJobResponse response;
  ASSERT_TRUE(Fail(FailureOf(LeaseJob(), v1::FAILURE_CAUSE_VIOLATION), &response).ok());
  EXPECT_EQ(response.state(), v1::JOB_STATE_FAILED);
  EXPECT_EQ(Job(job.name()).failure().cause(), v1::FAILURE_CAUSE_VIOLATION);
  v1::ListJobAttemptsRequest request;
  request.set_parent(job.name());
  v1::ListJobAttemptsResponse attempts;
  ASSERT_TRUE(Call(*job_, &JobStub::ListJobAttempts, request, &attempts).ok());
  EXPECT_EQ(attempts.attempts(0).failure().cause(), v1::FAILURE_CAUSE_VIOLATION);
}

TEST_F(WorkerRpcTest, WantsACauseOfAFailure) {
  MakeJob();
  const auto lease = LeaseJob();
  v1::FailJobResponse response;
  const auto status = Fail(FailureOf(lease, v1::FAILURE_CAUSE_UNSPECIFIED), &response);
  EXPECT_EQ(status.error_code(), grpc::INVALID_ARGUMENT);
  EXPECT_EQ(WrongFieldIn(status), "failure.cause");
  auto request = FailureOf(lease, v1::FAILURE_CAUSE_CRASH);
  request.set_job("jobs/x");
  EXPECT_EQ(WrongFieldIn(Fail(request, &response)), "job");
}

// To the worker, NOT_FOUND is a job that is gone: it would drop its report.
TEST_F(WorkerRpcTest, AReportWaitsForAServerThatMissesThePack) {
  MakeJob();
  const auto lease = LeaseJob();
  std::string manifest;
  for (const auto& file : lease.pack_files())
    if (file.path() == "pack.json") manifest = file.sha256();
  ASSERT_FALSE(manifest.empty());
  const auto place = folder_.path() / "blobs/sha256" / manifest.substr(0, 2) / manifest;
  const auto aside = folder_.path() / "aside";
  std::filesystem::rename(place, aside);
  v1::CompleteJobResponse response;
  const auto missed = Complete(lease, ReportFor(lease), &response);
  EXPECT_EQ(missed.error_code(), grpc::UNAVAILABLE) << missed.error_message();
  EXPECT_THAT(missed.error_message(), ::testing::HasSubstr("misses the manifest of pack small"));
  std::filesystem::rename(aside, place);
  EXPECT_TRUE(Complete(lease, ReportFor(lease), &response).ok());
}

class ReapingRpcTest : public WorkerRpcTest {
 protected:
  void SetUp() override {
    options_.reap_interval = std::chrono::milliseconds(20);
    RpcTest::SetUp();
  }
};

TEST_F(ReapingRpcTest, GivesTheJobOfASilentWorkerBack) {
  const auto job = MakeJob();
  const auto lease = LeaseJob();
  clock_.Advance(std::chrono::seconds(61));
  EXPECT_TRUE(Eventually([&] { return Job(job.name()).state() == v1::JOB_STATE_QUEUED; }));
  EXPECT_EQ(Job(job.name()).failure().cause(), v1::FAILURE_CAUSE_INFRASTRUCTURE);
  v1::HeartbeatResponse response;
  EXPECT_EQ(Beat(lease, &response).error_code(), grpc::ABORTED);
}

}  // namespace
}  // namespace ventral::testing
