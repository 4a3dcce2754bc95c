// Kept Grams and jobs that score them again.
#include "server/store/lease_queries.h"
#include "server/store/rescore_queries.h"
#include "tests/db/store_fixture.h"

namespace ventral::testing {
namespace {

using store::GramsRow;
using store::JobKind;
using store::JobState;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class RescoringTest : public StoreTest {
 protected:
  RescoringTest() {
    AddModel("alexnet", 'a');
    AddPack();
  }
  store::Rescoring& rescoring() { return store_->rescoring(); }

  static store::NewScore ScoreOfVersion(const std::string& version, double raw = 0.5) {
    store::NewScore score = ScoreOf("it.human.rsa", raw);
    score.scorer_version = version;
    return score;
  }
  // Scores a checkpoint and keeps its Grams, if any.
  std::string ScoreAndKeep(const std::string& model, char digit, const std::string& version,
                           const std::optional<GramsRow>& grams) {
    const auto job = jobs().Create({model, Sha(digit), "it", ""}).value();
    const auto lease = jobs().Lease("w", "cpu").value().value();
    EXPECT_EQ(lease.job, job.id);
    EXPECT_TRUE(
        jobs().Complete(lease.job, lease.token, {{ScoreOfVersion(version)}}, "", grams).ok());
    return job.id;
  }
  store::JobRow Create(const store::RescoreCandidate& candidate) {
    return rescoring().Create({{candidate}}).value().at(0);
  }
  std::int64_t Rescores() {
    return Sql("SELECT count(*) FROM jobs WHERE kind = 'rescore'")[0][0].as<std::int64_t>();
  }
  store::RescoreCandidate Only(const store::RescoreFilter& filter = {}) {
    const auto found = rescoring().Candidates(filter).value().rows;
    EXPECT_EQ(found.size(), 1u);
    return found.at(0);
  }
};

TEST_F(RescoringTest, AJobNamesItsGramsOnceItHasEnded) {
  const std::string id = ScoreAndKeep("alexnet", 'a', "1", GramsRow{Sha('1'), 77});
  const auto job = jobs().Get(id).value();
  EXPECT_EQ(job.kind, JobKind::kScore);
  ASSERT_TRUE(job.grams.has_value());
  EXPECT_EQ(job.grams->sha256, Sha('1'));
  EXPECT_EQ(job.grams->bytes, 77);
  const auto without = jobs().Get(ScoreAndKeep("alexnet", 'a', "1", std::nullopt)).value();
  EXPECT_FALSE(without.grams.has_value());
}

TEST_F(RescoringTest, ALostLeaseKeepsNoGrams) {
  jobs().Create({"alexnet", Sha('a'), "it", ""}).value();
  const auto lease = jobs().Lease("w", "cpu").value().value();
  clock_.Advance(seconds(61));
  ASSERT_EQ(jobs().Reap().value(), 1);
  const auto late =
      jobs().Complete(lease.job, lease.token, {{ScoreOfVersion("1")}}, "", GramsRow{Sha('1'), 77});
  ASSERT_FALSE(late.ok());
  EXPECT_EQ(late.error().code, ErrorCode::kLeaseLost);
  EXPECT_EQ(Sql("SELECT count(*) FROM job_grams")[0][0].as<int>(), 0);
}

TEST_F(RescoringTest, TheNewestScoreAndTheNewestGramsCount) {
  ScoreAndKeep("alexnet", 'a', "1", GramsRow{Sha('1'), 11});
  ScoreAndKeep("alexnet", 'a', "2", GramsRow{Sha('2'), 22});
  ScoreAndKeep("alexnet", 'a', "3", std::nullopt);
  const auto candidate = Only();
  EXPECT_EQ(candidate.model, "alexnet");
  EXPECT_EQ(candidate.checkpoint_sha256, Sha('a'));
  EXPECT_EQ(candidate.pack_version, "1.0.0");
  EXPECT_EQ(candidate.scorer_version, "3");
  EXPECT_EQ(candidate.grams->sha256, Sha('2'));
}

TEST_F(RescoringTest, GramsOfAnOlderVersionOfThePackDoNotCount) {
  ScoreAndKeep("alexnet", 'a', "1", GramsRow{Sha('1'), 11});
  ASSERT_TRUE(catalogue().CreatePack(PackWith("it", "1.10.0", {"it.human.rsa"}), {}).ok());
  const auto candidate = Only();
  EXPECT_EQ(candidate.pack_version, "1.10.0");
  EXPECT_EQ(candidate.scorer_version, "");
  EXPECT_FALSE(candidate.grams.has_value());
}

TEST_F(RescoringTest, CandidatesAreFilteredAndInOrder) {
  AddCheckpoint("alexnet", 'b');
  AddModel("vgg", 'c');
  for (const auto& [model, digit] : {std::pair{"vgg", 'c'}, {"alexnet", 'b'}, {"alexnet", 'a'}}) {
    ScoreAndKeep(model, digit, "1", GramsRow{Sha(digit), 11});
  }
  const auto all = rescoring().Candidates({}).value().rows;
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].checkpoint_sha256 + all[1].checkpoint_sha256 + all[2].model,
            Sha('a') + Sha('b') + "vgg");
  EXPECT_EQ(rescoring().Candidates({"alexnet", "", ""}).value().rows.size(), 2u);
  EXPECT_EQ(Only({"alexnet", Sha('b'), "it"}).grams->sha256, Sha('b'));
  EXPECT_THAT(rescoring().Candidates({"", "", "v4"}).value().rows, IsEmpty());
}

TEST_F(RescoringTest, OfTooManyCandidatesThoseOfUseComeFirst) {
  for (const char digit : {'b', 'c', 'd'}) AddCheckpoint("alexnet", digit);
  ScoreAndKeep("alexnet", 'a', "2", GramsRow{Sha('1'), 11});
  ScoreAndKeep("alexnet", 'b', "1", std::nullopt);
  ScoreAndKeep("alexnet", 'c', "1", GramsRow{Sha('3'), 11});
  ScoreAndKeep("alexnet", 'd', "1", GramsRow{Sha('4'), 11});
  const auto looked_at = [&](const std::string& present, int most) {
    const auto found = rescoring().Candidates({"", "", "", {}, present, most}).value();
    EXPECT_EQ(found.left_out, 4 - most);
    std::string digits;
    for (const auto& candidate : found.rows) digits += candidate.checkpoint_sha256[0];
    return digits;
  };
  EXPECT_EQ(looked_at("2", 1), "c");
  EXPECT_EQ(looked_at("2", 2), "cd");
  EXPECT_EQ(looked_at("2", 3), "acd") << "in their order";
  EXPECT_EQ(looked_at("", 2), "ac") << "where all are to be made again";
  EXPECT_EQ(looked_at("2", 4), "abcd");
}

TEST_F(RescoringTest, CandidatesNameTheBenchmarkThatGramsDoNotDoFor) {
  ScoreAndKeep("alexnet", 'a', "1", GramsRow{Sha('1'), 11});
  EXPECT_EQ(Only().needs_features, "");
  // As if the pack had said so: its rows are append-only.
  Sql("ALTER TABLE benchmarks DISABLE TRIGGER USER");
  Sql("UPDATE benchmarks SET metric = 'feature_map_rsa' WHERE benchmark_id = 'it.human.rsa'");
  EXPECT_EQ(Only().needs_features, "it.human.rsa");
}

TEST_F(RescoringTest, ARescoreReadsTheGramsAndIsMadeOnce) {
  ScoreAndKeep("alexnet", 'a', "1", GramsRow{Sha('1'), 11});
  const auto job = Create(Only());
  EXPECT_EQ(job.kind, JobKind::kRescore);
  EXPECT_EQ(job.state, JobState::kQueued);
  EXPECT_EQ(job.grams->sha256, Sha('1'));
  EXPECT_EQ(Create(Only()).id, job.id) << "it waits";

  EXPECT_FALSE(jobs().Lease("w", "cpu", {JobKind::kScore}).value().has_value());
  const auto lease = jobs().Lease("w", "cpu", {JobKind::kRescore}).value().value();
  EXPECT_EQ(lease.job, job.id);
  EXPECT_EQ(lease.kind, JobKind::kRescore);
  EXPECT_EQ(lease.grams->sha256, Sha('1'));
  EXPECT_EQ(lease.grams->bytes, 11);
  EXPECT_EQ(Create(Only()).id, job.id) << "it runs";

  // What a rescore reads is not replaced by what a worker says that it made.
  ASSERT_TRUE(jobs()
                  .Complete(lease.job, lease.token, {{ScoreOfVersion("2", 0.75)}}, "",
                            GramsRow{Sha('9'), 99})
                  .ok());
  EXPECT_EQ(jobs().Get(job.id).value().grams->sha256, Sha('1'));
  EXPECT_EQ(Only().scorer_version, "2");
  EXPECT_EQ(Only().grams->sha256, Sha('1'));
  EXPECT_NE(Create(Only()).id, job.id) << "it has ended";
}

TEST_F(RescoringTest, ManyAreMadeInTheirOrderAndOnce) {
  AddCheckpoint("alexnet", 'b');
  AddCheckpoint("alexnet", 'c');
  for (const char digit : {'a', 'b', 'c'})
    ScoreAndKeep("alexnet", digit, "1", GramsRow{Sha(digit), 7});
  const auto candidates = rescoring().Candidates({}).value().rows;
  ASSERT_EQ(candidates.size(), 3u);
  const auto second = Create(candidates[1]);
  const auto made = rescoring().Create(candidates).value();
  ASSERT_EQ(made.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(made[i].checkpoint_sha256, candidates[i].checkpoint_sha256);
    EXPECT_EQ(made[i].grams->sha256, candidates[i].grams->sha256);
    EXPECT_EQ(made[i].kind, JobKind::kRescore);
  }
  EXPECT_EQ(made[1].id, second.id) << "the one that waits";
  EXPECT_EQ(Rescores(), 3);
  const auto again = rescoring().Create(candidates).value();
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(again[i].id, made[i].id);
  EXPECT_EQ(Rescores(), 3);
  EXPECT_THAT(rescoring().Create({}).value(), IsEmpty());
}

TEST_F(RescoringTest, AllAreMadeOrNone) {
  ScoreAndKeep("alexnet", 'a', "1", GramsRow{Sha('1'), 11});
  auto unknown = Only();
  unknown.pack_version = "9.9.9";
  EXPECT_FALSE(rescoring().Create({{Only(), unknown}}).ok());
  EXPECT_EQ(Rescores(), 0);
  unknown.grams.reset();
  EXPECT_EQ(rescoring().Create({{Only(), unknown}}).error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(Rescores(), 0);
}

TEST_F(RescoringTest, ARetryDoesNotGoRoundOneAtATime) {
  ScoreAndKeep("alexnet", 'a', "1", GramsRow{Sha('1'), 11});
  const auto first = Create(Only());
  ASSERT_TRUE(jobs().Cancel(first.id).ok());
  const auto second = Create(Only());
  ASSERT_NE(second.id, first.id);
  const auto refused = jobs().Retry(first.id);
  ASSERT_FALSE(refused.ok()) << "two would wait";
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_THAT(refused.error().message, HasSubstr(second.id));
  ASSERT_TRUE(jobs().Cancel(second.id).ok());
  EXPECT_EQ(jobs().Retry(first.id).value().state, JobState::kQueued);
}

// What a person waits for, and what workers ask every two seconds.
TEST_F(RescoringTest, ItsQuestionsHaveIndexes) {
  Sql(R"(
    INSERT INTO checkpoints (model_id, sha256, file_name, bytes, created)
    SELECT 'alexnet', lpad(to_hex(n), 64, '0'), 'net.pt2', 1, now() FROM generate_series(1, 3000) n;
    INSERT INTO jobs (model_id, checkpoint_sha256, pack_id, pack_version, max_attempts, not_before, created)
    SELECT model_id, sha256, 'it', '1.0.0', 3, now(), now() FROM checkpoints;
    INSERT INTO scores (job_id, ordinal, model_id, checkpoint_sha256, pack_id, pack_version, benchmark_id, metric,
      raw, rule, layer_choice, layer_path, layer_step, seed, scorer_version, result, summary, provenance, created)
    SELECT job_id, 1, model_id, checkpoint_sha256, pack_id, pack_version, 'it.human.rsa', 'rsa',
      0.5, 'r', 'best', 'l', 0, 1, '1', '{}', '{}', '{}', now() FROM jobs;
    ANALYZE)");
  pqxx::connection connection(database_.connection());
  pqxx::nontransaction session(connection);
  const auto plan = [&](const std::string& statement, auto... parameters) {
    std::string text;
    for (const pqxx::row& row : session.exec_params("EXPLAIN " + statement, parameters...))
      text += row[0].as<std::string>() + "\n";
    return text;
  };
  EXPECT_THAT(
      plan(store::rescore_queries::kCandidates, "", "", "", nullptr, "{nearest_unit}", "6", 10000),
      HasSubstr("scores_of_checkpoint"));
  EXPECT_THAT(
      plan(store::job_queries::kLease, "w", "cpu", "2030-01-01", "2030-01-02", "{rescore}", 1000),
      HasSubstr("jobs_rescores_waiting"));
  const std::string any =
      plan(store::job_queries::kLease, "w", "cpu", "2030-01-01", "2030-01-02", "{}", 1000);
  EXPECT_THAT(any, HasSubstr("jobs_waiting"));
  EXPECT_THAT(any, ::testing::Not(HasSubstr("Seq Scan on jobs")));
}

TEST_F(RescoringTest, OldScoresStayAndTheLeaderboardShowsTheNewest) {
  ScoreAndKeep("alexnet", 'a', "1", GramsRow{Sha('1'), 11});
  Create(Only());
  const auto lease = jobs().Lease("w", "cpu").value().value();
  ASSERT_TRUE(jobs().Complete(lease.job, lease.token, {{ScoreOfVersion("2", 0.75)}}, "").ok());
  const auto scores = catalogue().ListScores({}).value().rows;
  ASSERT_EQ(scores.size(), 2u);
  EXPECT_EQ(scores[0].score.scorer_version, "2");
  EXPECT_EQ(scores[1].score.scorer_version, "1");
  const auto board = catalogue().StandingScores("it.human.rsa", {}, 10).value();
  ASSERT_EQ(board.size(), 1u);
  EXPECT_EQ(board[0].score.score.scorer_version, "2");
  EXPECT_EQ(board[0].score.score.raw, 0.75);
}

TEST_F(RescoringTest, TheSchemaKnowsWhatGramsAre) {
  const std::string id = ScoreAndKeep("alexnet", 'a', "1", std::nullopt);
  EXPECT_THAT(Refusal("INSERT INTO job_grams VALUES ('" + id + "', 'x', 1, now())"),
              HasSubstr("job_grams_sha256_is_hex"));
  EXPECT_THAT(Refusal("INSERT INTO job_grams VALUES ('" + id + "', '" + Sha('1') + "', 0, now())"),
              HasSubstr("job_grams_bytes_positive"));
  EXPECT_THAT(Refusal("UPDATE jobs SET kind = 'x'"), HasSubstr("jobs_kind_known"));
}

}  // namespace
}  // namespace ventral::testing
