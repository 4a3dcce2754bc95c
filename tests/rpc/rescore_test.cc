// Scores made again from kept Grams.
#include <pqxx/pqxx>

#include "scoring/base/version.h"
#include "tests/rpc/rescore_fixture.h"

namespace ventral::testing {
namespace {

using ::testing::HasSubstr;

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

TEST_F(RescoreRpcTest, OneCallLooksAtTenThousandAndSaysThatThereAreMore) {
  ScoredJob(SomeGrams());
  pqxx::connection connection(connection_);
  // As if as many checkpoints had been scored, and their Grams lost.
  pqxx::nontransaction(connection).exec(R"(
    ALTER TABLE scores DISABLE TRIGGER USER;
    ALTER TABLE scores DROP CONSTRAINT scores_once_a_benchmark, DROP CONSTRAINT scores_ordinal_once;
    INSERT INTO checkpoints (model_id, sha256, file_name, bytes, created)
    SELECT model_id, encode(sha256(i::text::bytea), 'hex'), file_name, bytes, created
    FROM checkpoints, generate_series(1, 10004) i;
    INSERT INTO scores (job_id, ordinal, model_id, checkpoint_sha256, pack_id, pack_version, benchmark_id, metric,
                        raw, rule, layer_choice, layer_path, layer_step, seed, scorer_version, result, summary,
                        provenance, created)
    SELECT s.job_id, s.ordinal, s.model_id, c.sha256, s.pack_id, s.pack_version, s.benchmark_id, s.metric, s.raw,
           s.rule, s.layer_choice, s.layer_path, s.layer_step, s.seed, s.scorer_version, s.result, s.summary,
           s.provenance, s.created
    FROM (SELECT * FROM scores LIMIT 1) s JOIN checkpoints c ON c.sha256 <> s.checkpoint_sha256)");
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(64 << 20);
  CallOver(
      grpc::CreateCustomChannel(server_->address(), grpc::InsecureChannelCredentials(), arguments));
  v1::CreateRescoreJobsResponse made;
  const auto status = Rescore({}, &made);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(made.jobs_size(), 1) << "of use, so among them";
  ASSERT_EQ(made.not_rescored_size(), 9'999 + 1);
  EXPECT_EQ(made.not_rescored(0).obstacle(), v1::RESCORE_OBSTACLE_GRAMS_NOT_KEPT);
  EXPECT_THAT(made.not_rescored(9'999).message(),
              HasSubstr("looks at 10000 checkpoints on packs at most, and 5 more are there"));
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
