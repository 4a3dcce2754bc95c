// Kept Grams and jobs that score them again.
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
  store::RescoreCandidate Only(const store::RescoreFilter& filter = {}) {
    const auto found = rescoring().Candidates(filter).value();
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
  const auto all = rescoring().Candidates({}).value();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].checkpoint_sha256 + all[1].checkpoint_sha256 + all[2].model,
            Sha('a') + Sha('b') + "vgg");
  EXPECT_EQ(rescoring().Candidates({"alexnet", "", ""}).value().size(), 2u);
  EXPECT_EQ(Only({"alexnet", Sha('b'), "it"}).grams->sha256, Sha('b'));
  EXPECT_THAT(rescoring().Candidates({"", "", "v4"}).value(), IsEmpty());
}

TEST_F(RescoringTest, ARescoreReadsTheGramsAndIsMadeOnce) {
  ScoreAndKeep("alexnet", 'a', "1", GramsRow{Sha('1'), 11});
  const auto job = rescoring().Create(Only()).value();
  EXPECT_EQ(job.kind, JobKind::kRescore);
  EXPECT_EQ(job.state, JobState::kQueued);
  EXPECT_EQ(job.grams->sha256, Sha('1'));
  EXPECT_EQ(rescoring().Create(Only()).value().id, job.id) << "it waits";

  EXPECT_FALSE(jobs().Lease("w", "cpu", {JobKind::kScore}).value().has_value());
  const auto lease = jobs().Lease("w", "cpu", {JobKind::kRescore}).value().value();
  EXPECT_EQ(lease.job, job.id);
  EXPECT_EQ(lease.kind, JobKind::kRescore);
  EXPECT_EQ(lease.grams->sha256, Sha('1'));
  EXPECT_EQ(lease.grams->bytes, 11);
  EXPECT_EQ(rescoring().Create(Only()).value().id, job.id) << "it runs";

  // What a rescore reads is not replaced by what a worker says that it made.
  ASSERT_TRUE(jobs()
                  .Complete(lease.job, lease.token, {{ScoreOfVersion("2", 0.75)}}, "",
                            GramsRow{Sha('9'), 99})
                  .ok());
  EXPECT_EQ(jobs().Get(job.id).value().grams->sha256, Sha('1'));
  EXPECT_EQ(Only().scorer_version, "2");
  EXPECT_EQ(Only().grams->sha256, Sha('1'));
  EXPECT_NE(rescoring().Create(Only()).value().id, job.id) << "it has ended";
}

TEST_F(RescoringTest, OldScoresStayAndTheLeaderboardShowsTheNewest) {
  ScoreAndKeep("alexnet", 'a', "1", GramsRow{Sha('1'), 11});
  rescoring().Create(Only()).value();
  const auto lease = jobs().Lease("w", "cpu").value().value();
  ASSERT_TRUE(jobs().Complete(lease.job, lease.token, {{ScoreOfVersion("2", 0.75)}}, "").ok());
  const auto scores = catalogue().ListScores({}).value().rows;
  ASSERT_EQ(scores.size(), 2u);
  EXPECT_EQ(scores[0].score.scorer_version, "2");
  EXPECT_EQ(scores[1].score.scorer_version, "1");
  const auto board = catalogue().LeaderboardEntries({}).value();
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
