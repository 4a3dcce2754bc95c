// Kept Grams over the wire: uploaded under a lease, named by a completion, scored again, fetched.
#include <pqxx/pqxx>

#include "scoring/base/digest.h"
#include "scoring/base/version.h"
#include "tests/rpc/fixture.h"

namespace ventral::testing {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kStart("VNTR\x01\x00\x0c\x00", 8);

class RescoreRpcTest : public RpcTest {
 protected:
  RescoreRpcTest() { options_.most_grams = Bytes(100'000); }

  static std::string SomeGrams(std::size_t bytes = 5000) {
    return std::string(kStart) + std::string(bytes, 'g');
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

TEST_F(RescoreRpcTest, GramsComeBackAsTheyWereKept) {
  const std::string bytes = SomeGrams();
  MakeJob();
  const auto lease = LeaseJob();
  EXPECT_EQ(lease.kind(), v1::JOB_KIND_SCORE);
  EXPECT_EQ(lease.max_grams_bytes(), 100'000);
  EXPECT_FALSE(lease.has_grams());
  ASSERT_TRUE(UploadGrams(lease, Declare(bytes), bytes).ok());
  ASSERT_TRUE(UploadGrams(lease, Declare(bytes), bytes).ok()) << "again, as after a lost answer";
  EXPECT_FALSE(Get(lease.job()).has_grams()) << "before the job has ended";
  ASSERT_TRUE(CompleteWith(lease, Declare(bytes)).ok());
  const auto job = Get(lease.job());
  EXPECT_EQ(job.kind(), v1::JOB_KIND_SCORE);
  EXPECT_EQ(job.grams().sha256(), DigestOf(bytes).hex());
  EXPECT_EQ(job.grams().size_bytes(), std::ssize(bytes));
  std::string fetched;
  ASSERT_TRUE(Fetch(job.name(), &fetched).ok());
  EXPECT_TRUE(fetched == bytes);
}

TEST_F(RescoreRpcTest, OnlyTheWorkerThatHasTheJobMayUpload) {
  const std::string bytes = SomeGrams();
  MakeJob();
  const auto lost = LeaseJob();
  clock_.Advance(std::chrono::seconds(61));
  ASSERT_TRUE(store_->jobs().Reap().ok());
  clock_.Advance(std::chrono::seconds(600));
  const auto current = LeaseJob();
  const auto refused = UploadGrams(lost, Declare(bytes), bytes);
  EXPECT_TRUE(Refused(refused, grpc::ABORTED, "lease"));
  EXPECT_EQ(ReasonIn(refused), "LEASE_LOST");
  EXPECT_FALSE(blobs_->Contains(DigestOf(bytes)));
  ASSERT_TRUE(UploadGrams(current, Declare(bytes), bytes).ok());
  EXPECT_TRUE(CompleteWith(current, Declare(bytes)).ok());
}

TEST_F(RescoreRpcTest, WhatIsNotAsDeclaredIsNotKept) {
  MakeJob();
  const auto lease = LeaseJob();
  const std::string bytes = SomeGrams(), huge = SomeGrams(100'000);
  const std::string recording = "\x93NUMPY neurons of a monkey";
  EXPECT_TRUE(
      Refused(UploadGrams(lease, Declare(bytes), bytes + "x"), grpc::INVALID_ARGUMENT, "declared"));
  EXPECT_TRUE(Refused(UploadGrams(lease, Declare(bytes), SomeGrams().replace(99, 1, "h")),
                      grpc::INVALID_ARGUMENT, "SHA-256"));
  EXPECT_TRUE(
      Refused(UploadGrams(lease, Declare(huge), huge), grpc::RESOURCE_EXHAUSTED, "at most 100000"));
  EXPECT_TRUE(Refused(UploadGrams(lease, Declare(recording), recording), grpc::INVALID_ARGUMENT,
                      "no kept Grams"));
  v1::KeptGrams bad = Declare(bytes);
  bad.set_sha256("abc");
  EXPECT_EQ(WrongFieldIn(UploadGrams(lease, bad, bytes)), "declaration.grams.sha256");
  EXPECT_FALSE(blobs_->Contains(DigestOf(bytes)));
  EXPECT_EQ(IncomingFiles(), 0);
}

// Else a worker could have recordings handed out to whoever may read Grams.
TEST_F(RescoreRpcTest, ABlobThatHoldsNoGramsCannotBeNamedAsGrams) {
  MakeJob();
  const auto lease = LeaseJob();
  const std::string recording = "array it";  // a file of the pack
  ASSERT_TRUE(blobs_->Contains(DigestOf(recording)));
  EXPECT_TRUE(
      Refused(UploadGrams(lease, Declare(recording), ""), grpc::INVALID_ARGUMENT, "no kept Grams"));
  ASSERT_TRUE(CompleteWith(lease, Declare(recording)).ok()) << "scores matter more";
  EXPECT_FALSE(Get(lease.job()).has_grams());
  EXPECT_THAT(LogOf(lease.job()), HasSubstr("no kept Grams"));
  std::string none;
  EXPECT_TRUE(Refused(Fetch(lease.job(), &none), grpc::NOT_FOUND, "not kept"));
}

TEST_F(RescoreRpcTest, TroubleWithTheGramsLeavesTheScoresWithANote) {
  const std::string bytes = SomeGrams();
  v1::KeptGrams malformed = Declare(bytes), huge = Declare(bytes);
  malformed.set_sha256("abc");
  huge.set_size_bytes(1 << 30);
  MakeJob();
  for (const auto& [grams, says] : {std::pair{Declare(bytes), "was not uploaded"},
                                    {malformed, "grams.sha256"},
                                    {huge, "keeps at most 100000"}}) {
    SCOPED_TRACE(says);
    const auto lease = LeaseJob();
    const auto status = CompleteWith(lease, grams);
    ASSERT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(Get(lease.job()).scores_size(), 2);
    EXPECT_FALSE(Get(lease.job()).has_grams());
    EXPECT_THAT(LogOf(lease.job()), HasSubstr("the Grams of this job are not kept"));
    EXPECT_THAT(LogOf(lease.job()), HasSubstr(says));
    v1::CreateJobRequest next;
    next.mutable_job()->set_checkpoint(lease.checkpoint());
    next.mutable_job()->set_pack(lease.pack());
    v1::Job job;
    ASSERT_TRUE(Call(*job_, &JobStub::CreateJob, next, &job).ok());
  }
}

TEST_F(RescoreRpcTest, AHeldBlobSaysWhatIsWrongWithIt) {
  const std::string bytes = SomeGrams();
  MakeJob();
  const auto lease = LeaseJob();
  ASSERT_TRUE(UploadGrams(lease, Declare(bytes), bytes).ok());
  v1::KeptGrams longer = Declare(bytes);
  longer.set_size_bytes(longer.size_bytes() + 1);
  EXPECT_TRUE(Refused(UploadGrams(lease, longer, bytes), grpc::INVALID_ARGUMENT,
                      "not the declared " + std::to_string(longer.size_bytes())));
  const std::string hex = DigestOf(bytes).hex();
  const auto file = folder_.path() / "blobs/sha256" / hex.substr(0, 2) / hex;
  // The store follows no link: as a file that its disk cannot read.
  std::filesystem::rename(file, folder_.path() / "elsewhere");
  std::filesystem::create_symlink(folder_.path() / "elsewhere", file);
  EXPECT_TRUE(
      Refused(UploadGrams(lease, Declare(bytes), bytes), grpc::UNAVAILABLE, "cannot be read"));
}

TEST_F(RescoreRpcTest, AnUploadThatBreaksOffLeavesNothing) {
  MakeJob();
  const auto lease = LeaseJob();
  const std::string bytes = SomeGrams();
  {
    grpc::ClientContext context;
    v1::UploadGramsResponse response;
    const auto writer = worker_->UploadGrams(&context, &response);
    v1::UploadGramsRequest message;
    message.mutable_declaration()->set_job(lease.job());
    message.mutable_declaration()->set_lease_token(lease.lease_token());
    *message.mutable_declaration()->mutable_grams() = Declare(bytes);
    ASSERT_TRUE(writer->Write(message));
    message.set_chunk(bytes.substr(0, 2000));
    ASSERT_TRUE(writer->Write(message));
    ASSERT_TRUE(Eventually([&] { return IncomingFiles() == 1; }));
    context.TryCancel();
    EXPECT_FALSE(writer->Finish().ok());
  }
  EXPECT_TRUE(Eventually([&] { return IncomingFiles() == 0; }));
  EXPECT_FALSE(blobs_->Contains(DigestOf(bytes)));
  EXPECT_TRUE(CompleteWith(lease, {}).ok()) << "scores matter more";
  EXPECT_FALSE(Get(lease.job()).has_grams());
  std::string none;
  EXPECT_TRUE(Refused(Fetch(lease.job(), &none), grpc::NOT_FOUND, "not kept"));
}

TEST_F(RescoreRpcTest, AnOldScoreIsMadeAgainFromTheGrams) {
  const std::string bytes = SomeGrams();
  const auto scored = ScoredJob(bytes);
  v1::CreateRescoreJobsRequest request;
  request.set_model("models/squeezenet1_1");
  v1::CreateRescoreJobsResponse made, again;
  ASSERT_TRUE(Rescore(request, &made).ok());
  EXPECT_EQ(made.scorer_version(), kScorerVersion);
  ASSERT_EQ(made.jobs_size(), 1);
  EXPECT_EQ(made.jobs(0).kind(), v1::JOB_KIND_RESCORE);
  EXPECT_EQ(made.jobs(0).checkpoint(), scored.checkpoint());
  EXPECT_EQ(made.jobs(0).grams().sha256(), DigestOf(bytes).hex());
  ASSERT_TRUE(Rescore(request, &again).ok());
  EXPECT_EQ(again.jobs(0).name(), made.jobs(0).name()) << "the one that waits";

  const auto lease = LeaseJob();
  EXPECT_EQ(lease.job(), made.jobs(0).name());
  EXPECT_EQ(lease.kind(), v1::JOB_KIND_RESCORE);
  EXPECT_EQ(lease.grams().sha256(), DigestOf(bytes).hex());
  EXPECT_EQ(lease.max_grams_bytes(), 0) << "they are kept already";
  ASSERT_TRUE(CompleteWith(lease, {}, kScorerVersion).ok());
  v1::ListScoresResponse scores;
  ASSERT_TRUE(Call(*score_, &ScoreStub::ListScores, v1::ListScoresRequest(), &scores).ok());
  ASSERT_EQ(scores.scores_size(), 4) << "old ones stay";
  EXPECT_EQ(scores.scores(0).provenance().scorer_version(), kScorerVersion);
  EXPECT_EQ(scores.scores(3).provenance().scorer_version(), "1");
  v1::Leaderboard board;
  ASSERT_TRUE(Call(*score_, &ScoreStub::GetLeaderboard, v1::GetLeaderboardRequest(), &board).ok());
  EXPECT_EQ(board.rows(0).cells(0).score(), Get(made.jobs(0).name()).scores(0));

  // Now there is nothing to do, unless it is insisted upon.
  ASSERT_TRUE(Rescore(request, &made).ok());
  EXPECT_EQ(made.jobs_size(), 0);
  ASSERT_EQ(made.not_rescored_size(), 1);
  EXPECT_EQ(made.not_rescored(0).obstacle(), v1::RESCORE_OBSTACLE_UP_TO_DATE);
  request.set_force(true);
  ASSERT_TRUE(Rescore(request, &made).ok());
  EXPECT_EQ(made.jobs_size(), 1);
}

TEST_F(RescoreRpcTest, SaysWhatIsNotKeptAndWhatToDo) {
  MakeJob();
  const auto lease = LeaseJob();
  ASSERT_TRUE(CompleteWith(lease, {}).ok());
  v1::CreateRescoreJobsRequest request;
  request.set_job(lease.job());
  v1::CreateRescoreJobsResponse made;
  ASSERT_TRUE(Rescore(request, &made).ok());
  EXPECT_EQ(made.jobs_size(), 0);
  ASSERT_EQ(made.not_rescored_size(), 1);
  const auto& left = made.not_rescored(0);
  EXPECT_EQ(left.obstacle(), v1::RESCORE_OBSTACLE_GRAMS_NOT_KEPT);
  EXPECT_EQ(left.pack(), "packs/small");
  EXPECT_THAT(left.message(), HasSubstr("submit the checkpoint again"));
}

TEST_F(RescoreRpcTest, AMetricThatNeedsFeaturesIsNotScoredFromGrams) {
  ScoredJob(SomeGrams());
  pqxx::connection connection(connection_);
  // As if the pack had said so: its rows are append-only.
  pqxx::nontransaction(connection)
      .exec(
          "ALTER TABLE benchmarks DISABLE TRIGGER USER; "
          "UPDATE benchmarks SET metric = 'nearest_unit' WHERE benchmark_id = 'small.v4.ridge'");
  v1::CreateRescoreJobsRequest request;
  request.set_force(true);
  v1::CreateRescoreJobsResponse made;
  ASSERT_TRUE(Rescore(request, &made).ok());
  EXPECT_EQ(made.jobs_size(), 0);
  ASSERT_EQ(made.not_rescored_size(), 1);
  EXPECT_EQ(made.not_rescored(0).obstacle(), v1::RESCORE_OBSTACLE_GRAMS_NOT_KEPT);
  EXPECT_THAT(made.not_rescored(0).message(),
              HasSubstr(": benchmark small.v4.ridge needs features"));
  EXPECT_THAT(made.not_rescored(0).message(), HasSubstr("submit the checkpoint again"));
}

TEST_F(RescoreRpcTest, GramsWhoseFileWasRemovedAreNotKept) {
  const std::string bytes = SomeGrams();
  ScoredJob(bytes);
  const std::string hex = DigestOf(bytes).hex();
  std::filesystem::remove(folder_.path() / "blobs/sha256" / hex.substr(0, 2) / hex);
  v1::CreateRescoreJobsResponse made;
  ASSERT_TRUE(Rescore({}, &made).ok());
  ASSERT_EQ(made.not_rescored_size(), 1);
  EXPECT_EQ(made.not_rescored(0).obstacle(), v1::RESCORE_OBSTACLE_GRAMS_NOT_KEPT);
}

TEST_F(RescoreRpcTest, NamesWhatIsNotThere) {
  const auto job = MakeJob();
  v1::CreateRescoreJobsResponse made;
  v1::CreateRescoreJobsRequest request;
  ASSERT_TRUE(Rescore(request, &made).ok()) << "nothing at all is nothing to do";
  EXPECT_EQ(made.jobs_size() + made.not_rescored_size(), 0);
  request.set_model("models/squeezenet1_1");
  EXPECT_TRUE(Refused(Rescore(request, &made), grpc::NOT_FOUND, "has no scores"));
  request.set_model("models/nobody");
  EXPECT_TRUE(Refused(Rescore(request, &made), grpc::NOT_FOUND, "nobody"));
  request.set_job(job.name());
  EXPECT_EQ(WrongFieldIn(Rescore(request, &made)), "model");
  request.clear_model();
  request.set_pack("packs/other");
  EXPECT_TRUE(Refused(Rescore(request, &made), grpc::NOT_FOUND, "other"));
}

// Else old numbers would be stored as new ones.
TEST_F(RescoreRpcTest, RescoresAreForWorkersWithTheServersScorer) {
  ScoredJob(SomeGrams());
  v1::CreateRescoreJobsResponse made;
  ASSERT_TRUE(Rescore({}, &made).ok());
  ASSERT_EQ(made.jobs_size(), 1);
  v1::LeaseJobRequest request;
  request.set_worker("worker-1");
  request.set_device("cpu");
  v1::LeaseJobResponse response;
  for (const char* version : {"", "3", "44"}) {
    request.set_scorer_version(version);
    request.clear_kinds();
    ASSERT_TRUE(Call(*worker_, &WorkerStub::LeaseJob, request, &response).ok());
    EXPECT_FALSE(response.has_lease()) << version;
    request.add_kinds(v1::JOB_KIND_RESCORE);
    EXPECT_TRUE(Refused(Call(*worker_, &WorkerStub::LeaseJob, request, &response),
                        grpc::FAILED_PRECONDITION, "rescores are for version"));
  }
  const auto lease = LeaseJob();
  EXPECT_EQ(lease.job(), made.jobs(0).name());
  EXPECT_TRUE(
      Refused(CompleteWith(lease, {}, "3"), grpc::FAILED_PRECONDITION, "a rescore is of version"));
  EXPECT_EQ(Get(lease.job()).scores_size(), 0);
  EXPECT_TRUE(CompleteWith(lease, {}, kScorerVersion).ok());
}

TEST_F(RescoreRpcTest, AWorkerWithAnotherScorerStillGetsJobsThatRunTheNetwork) {
  MakeJob();
  v1::LeaseJobRequest request;
  request.set_worker("worker-1");
  request.set_device("cpu");
  request.set_scorer_version("3");
  v1::LeaseJobResponse response;
  ASSERT_TRUE(Call(*worker_, &WorkerStub::LeaseJob, request, &response).ok());
  EXPECT_EQ(response.lease().kind(), v1::JOB_KIND_SCORE);
}

TEST_F(RescoreRpcTest, WorkersWithoutExtractorAskForRescoresOnly) {
  MakeJob();
  v1::LeaseJobRequest request;
  request.set_worker("worker-1");
  request.set_device("cpu");
  request.add_kinds(v1::JOB_KIND_RESCORE);
  request.set_scorer_version(kScorerVersion);
  v1::LeaseJobResponse response;
  ASSERT_TRUE(Call(*worker_, &WorkerStub::LeaseJob, request, &response).ok());
  EXPECT_FALSE(response.has_lease());
  request.add_kinds(static_cast<v1::JobKind>(77));
  EXPECT_TRUE(Refused(Call(*worker_, &WorkerStub::LeaseJob, request, &response),
                      grpc::INVALID_ARGUMENT, "77"));
}

}  // namespace
}  // namespace ventral::testing
