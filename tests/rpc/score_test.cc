#include <google/protobuf/util/message_differencer.h>

#include <cmath>

#include "tests/rpc/fixture.h"

namespace ventral::testing {
namespace {

using google::protobuf::util::MessageDifferencer;
using ::testing::ElementsAre;

class ScoreRpcTest : public RpcTest {
 protected:
  // The names of the two scores of a model whose every raw score is `raw`.
  std::vector<std::string> Scored(const std::string& model, double raw, int resamples = 0) {
    MakeModel(model);
    v1::CreateJobRequest request;
    request.mutable_job()->set_checkpoint(MakeCheckpoint(model, "weights of " + model).name());
    request.mutable_job()->set_pack("packs/small");
    v1::Job job;
    EXPECT_TRUE(Call(*job_, &JobStub::CreateJob, request, &job).ok());
    const auto lease = LeaseJob();
    v1::CompleteJobResponse response;
    v1::ScoreReport report = ReportFor(lease, raw);
    for (auto& score : *report.mutable_scores()) {
      score.mutable_interval()->set_method("bootstrap_stimuli_percentile");
      for (int i = 0; i < resamples; ++i) {
        // Some have no score, as where one subject was drawn alone.
        score.mutable_resamples()->mutable_raw()->add_one(i % 50 == 3 ? std::nan("")
                                                                      : raw + 0.001 * (i % 7));
      }
    }
    const auto status = Complete(lease, report, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return {response.scores().begin(), response.scores().end()};
  }
  v1::ListScoresResponse List(const v1::ListScoresRequest& request) {
    v1::ListScoresResponse response;
    const auto status = Call(*score_, &ScoreStub::ListScores, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
};

TEST_F(ScoreRpcTest, GivesBackEveryNumberToTheLastBit) {
  const auto job = MakeJob();
  const auto lease = LeaseJob();
  auto report = ReportFor(lease, 0.1 + 0.2);
  report.mutable_scores(0)->mutable_layers(0)->set_per_subject(0, 5e-324);
  report.mutable_scores(0)->mutable_layers(0)->add_per_subject(-1.0 / 3.0);
  report.mutable_scores(0)->add_notes("a \"note\"\nof two lines – ünïcode");
  v1::CompleteJobResponse completed;
  ASSERT_TRUE(Complete(lease, report, &completed).ok());
  for (int i = 0; i < 2; ++i) {
    v1::GetScoreRequest get;
    get.set_name(completed.scores(i));
    v1::Score score;
    ASSERT_TRUE(Call(*score_, &ScoreStub::GetScore, get, &score).ok());
    EXPECT_EQ(score.result().SerializeAsString(), report.scores(i).SerializeAsString());
    EXPECT_TRUE(MessageDifferencer::Equals(score.provenance(), report.provenance()));
    EXPECT_EQ(score.job(), job.name());
    EXPECT_EQ(score.checkpoint(), job.checkpoint());
  }
}

TEST_F(ScoreRpcTest, ListsByModelBenchmarkAndJob) {
  PublishPack();
  const auto low = Scored("low", 0.1);
  const auto high = Scored("high", 0.4);
  EXPECT_EQ(List({}).scores_size(), 4);
  v1::ListScoresRequest by_model;
  by_model.set_model("models/low");
  EXPECT_EQ(List(by_model).scores_size(), 2);
  by_model.set_benchmark("small.v4.ridge");
  const auto one = List(by_model);
  ASSERT_EQ(one.scores_size(), 1);
  EXPECT_EQ(one.scores(0).name(), low[1]);
  EXPECT_EQ(one.scores(0).result().layers_size(), 2);
  v1::ListScoresRequest by_job;
  v1::GetScoreRequest get;
  get.set_name(high[0]);
  v1::Score score;
  ASSERT_TRUE(Call(*score_, &ScoreStub::GetScore, get, &score).ok());
  by_job.set_job(score.job());
  by_job.set_omit_layers(true);
  const auto of_job = List(by_job);
  ASSERT_EQ(of_job.scores_size(), 2);
  EXPECT_EQ(of_job.scores(0).result().layers_size(), 0);
  EXPECT_EQ(of_job.scores(0).result().raw(), 0.4);
  v1::ListScoresRequest page;
  page.set_page_size(3);
  const auto first = List(page);
  EXPECT_EQ(first.scores_size(), 3);
  page.set_page_token(first.next_page_token());
  EXPECT_EQ(List(page).scores_size(), 1);
}

TEST_F(ScoreRpcTest, RanksModels) {
  PublishPack();
  Scored("low", 0.1);
  const auto high = Scored("high", 0.4);
  v1::Leaderboard board;
  ASSERT_TRUE(Call(*score_, &ScoreStub::GetLeaderboard, v1::GetLeaderboardRequest(), &board).ok());
  EXPECT_THAT(board.benchmarks(), ElementsAre("small.it.rsa", "small.v4.ridge"));
  EXPECT_NE(board.policy(), "");
  ASSERT_EQ(board.rows_size(), 2);
  EXPECT_EQ(board.rows(0).model(), "models/high");
  EXPECT_EQ(board.rows(0).rank(), 1);
  EXPECT_EQ(board.rows(0).mean(), 0.8);
  EXPECT_EQ(board.rows(0).cells(1).score(), high[1]);
  EXPECT_EQ(board.rows(0).cells(1).layer().path(), "features.3");
  EXPECT_EQ(board.rows(1).rank(), 2);
  v1::GetLeaderboardRequest one;
  one.add_benchmarks("small.v4.ridge");
  ASSERT_TRUE(Call(*score_, &ScoreStub::GetLeaderboard, one, &board).ok());
  EXPECT_THAT(board.benchmarks(), ElementsAre("small.v4.ridge"));
  EXPECT_EQ(board.rows(0).cells_size(), 1);
}

TEST_F(ScoreRpcTest, GivesTheLeaderboardPageByPage) {
  PublishPack();
  for (const auto& [model, raw] : {std::pair{"low", 0.1}, {"high", 0.4}, {"equal", 0.1}}) {
    Scored(model, raw, 100);
  }
  v1::GetLeaderboardRequest request;
  request.add_benchmarks("small.it.rsa");
  request.set_page_size(2);
  v1::Leaderboard first, last;
  ASSERT_TRUE(Call(*score_, &ScoreStub::GetLeaderboard, request, &first).ok());
  ASSERT_EQ(first.rows_size(), 2);
  EXPECT_EQ(first.rows(1).model(), "models/equal");
  EXPECT_EQ(first.rows(1).rank(), 2);
  EXPECT_EQ(first.rows(1).tier(), 0) << "not all of the board";
  request.set_page_token(first.next_page_token());
  ASSERT_TRUE(Call(*score_, &ScoreStub::GetLeaderboard, request, &last).ok());
  ASSERT_EQ(last.rows_size(), 1);
  EXPECT_EQ(last.rows(0).model(), "models/low");
  EXPECT_EQ(last.rows(0).rank(), 2) << "shared over pages";
  EXPECT_EQ(last.next_page_token(), "");
  EXPECT_EQ(last.policy(), first.policy());

  request.clear_page_token();
  request.set_page_size(3);
  ASSERT_TRUE(Call(*score_, &ScoreStub::GetLeaderboard, request, &first).ok());
  EXPECT_EQ(first.rows(0).tier(), 1);
  EXPECT_EQ(first.next_page_token(), "");
}

TEST_F(ScoreRpcTest, RefusesBadPagesOfTheLeaderboard) {
  PublishPack();
  Scored("low", 0.1);
  Scored("high", 0.4);
  v1::GetLeaderboardRequest request;
  v1::Leaderboard board;
  request.set_page_size(-1);
  EXPECT_EQ(WrongFieldIn(Call(*score_, &ScoreStub::GetLeaderboard, request, &board)), "page_size");
  request.set_page_size(1);
  request.set_page_token("x");
  EXPECT_EQ(WrongFieldIn(Call(*score_, &ScoreStub::GetLeaderboard, request, &board)), "page_token");
  request.clear_page_token();
  ASSERT_TRUE(Call(*score_, &ScoreStub::GetLeaderboard, request, &board).ok());
  request.set_page_token(board.next_page_token());
  ASSERT_TRUE(Call(*score_, &ScoreStub::GetLeaderboard, request, &board).ok());
  request.add_benchmarks("small.it.rsa");
  const auto status = Call(*score_, &ScoreStub::GetLeaderboard, request, &board);
  EXPECT_TRUE(Refused(status, grpc::INVALID_ARGUMENT, "other columns"));
  EXPECT_EQ(WrongFieldIn(status), "page_token");
}

TEST_F(ScoreRpcTest, ComparesModelsAndGivesTheirTiers) {
  PublishPack();
  Scored("low", 0.1, 100);
  const auto high = Scored("high", 0.4, 100);
  Scored("old", 0.3);
  v1::CompareModelsRequest request;
  request.set_benchmark("small.it.rsa");
  v1::ModelComparison comparison;
  ASSERT_TRUE(Call(*score_, &ScoreStub::CompareModels, request, &comparison).ok());
  ASSERT_EQ(comparison.models_size(), 2);
  EXPECT_EQ(comparison.models(0).model(), "models/high");
  EXPECT_EQ(comparison.models(0).score(), high[0]);
  EXPECT_EQ(comparison.models(1).tier(), 2);
  EXPECT_NEAR(comparison.pairs(0).test().difference(), 0.3, 1e-12);
  EXPECT_EQ(comparison.correction(), "fdr");
  ASSERT_EQ(comparison.notes_size(), 1);
  EXPECT_THAT(comparison.notes(0), ::testing::HasSubstr("has no resamples"));
  v1::GetLeaderboardRequest one;
  one.add_benchmarks("small.it.rsa");
  v1::Leaderboard board;
  ASSERT_TRUE(Call(*score_, &ScoreStub::GetLeaderboard, one, &board).ok());
  std::map<std::string, int> tiers;
  for (const auto& row : board.rows()) tiers[row.model()] = row.tier();
  EXPECT_EQ(tiers["models/high"], 1);
  EXPECT_EQ(tiers["models/low"], 2);
  EXPECT_EQ(tiers["models/old"], 0);
  // Resamples are not among what a list of scores carries.
  v1::ListScoresRequest list;
  list.set_model("models/high");
  list.set_omit_layers(true);
  EXPECT_FALSE(List(list).scores(0).result().has_resamples());
}

TEST_F(ScoreRpcTest, RefusesAComparisonThatCannotBe) {
  PublishPack();
  Scored("low", 0.1, 100);
  Scored("old", 0.3);
  MakeModel("unscored");
  v1::ModelComparison comparison;
  const auto ask = [&](const std::string& benchmark, std::vector<std::string> models,
                       const std::string& correction = "") {
    v1::CompareModelsRequest request;
    request.set_benchmark(benchmark);
    request.set_correction(correction);
    for (const std::string& model : models) request.add_models("models/" + model);
    return Call(*score_, &ScoreStub::CompareModels, request, &comparison);
  };
  EXPECT_TRUE(Refused(ask("small.it.rs", {}), grpc::NOT_FOUND, "the nearest are small.it.rsa"));
  EXPECT_TRUE(Refused(ask("small.it.rsa", {"low", "unscored"}), grpc::NOT_FOUND,
                      "model 'unscored' has no score on small.it.rsa"));
  EXPECT_TRUE(Refused(ask("small.it.rsa", {"low", "old"}), grpc::FAILED_PRECONDITION,
                      "cannot be compared"));
  EXPECT_EQ(WrongFieldIn(ask("small.it.rsa", {}, "sidak")), "correction");
  EXPECT_EQ(WrongFieldIn(ask("small.it.rsa", std::vector<std::string>(101, "low"))), "models");
  EXPECT_TRUE(ask("small.it.rsa", {"low", "low"}).ok());
  EXPECT_EQ(comparison.models_size(), 1);
}

TEST_F(ScoreRpcTest, NamesTheNearestBenchmarks) {
  v1::GetLeaderboardRequest request;
  v1::Leaderboard board;
  request.add_benchmarks("small.it.rs");
  EXPECT_TRUE(Refused(Call(*score_, &ScoreStub::GetLeaderboard, request, &board), grpc::NOT_FOUND,
                      "no pack was published"));
  PublishPack();
  EXPECT_TRUE(Refused(Call(*score_, &ScoreStub::GetLeaderboard, request, &board), grpc::NOT_FOUND,
                      "'small.it.rs'; the nearest are small.it.rsa, small.v4.ridge"));
}

TEST_F(ScoreRpcTest, RefusesBadNamesAndPages) {
  v1::GetScoreRequest get;
  v1::Score score;
  for (const char* bad : {"", "scores/1", "score/00000000-0000-0000-0000-000000000000"}) {
    get.set_name(bad);
    EXPECT_TRUE(Refused(Call(*score_, &ScoreStub::GetScore, get, &score), grpc::INVALID_ARGUMENT,
                        "scores/{score_id}"));
  }
  get.set_name("scores/00000000-0000-0000-0000-000000000000");
  EXPECT_TRUE(Refused(Call(*score_, &ScoreStub::GetScore, get, &score), grpc::NOT_FOUND, ""));
  const std::pair<const char*, void (*)(v1::ListScoresRequest&)> cases[] = {
      {"model", [](auto& r) { r.set_model("x"); }},
      {"job", [](auto& r) { r.set_job("jobs/x"); }},
      {"page_size", [](auto& r) { r.set_page_size(-2); }},
      {"page_token", [](auto& r) { r.set_page_token("x"); }}};
  for (const auto& [field, spoil] : cases) {
    v1::ListScoresRequest list;
    v1::ListScoresResponse response;
    spoil(list);
    EXPECT_EQ(WrongFieldIn(Call(*score_, &ScoreStub::ListScores, list, &response)), field);
  }
  v1::ListScoresRequest unknown;
  v1::ListScoresResponse response;
  unknown.set_model("models/nobody");
  EXPECT_TRUE(Refused(Call(*score_, &ScoreStub::ListScores, unknown, &response), grpc::NOT_FOUND,
                      "nobody"));
}

}  // namespace
}  // namespace ventral::testing
