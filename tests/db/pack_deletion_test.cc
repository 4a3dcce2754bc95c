// A deleted pack: who may delete it, who sees it, what becomes of its jobs and files, and who was
// first where others do something at the same time.
#include "tests/db/lock_wait.h"

namespace ventral::testing {
namespace {

using store::JobRow;
using store::JobState;
using store::PackChange;
using store::PackRow;
using store::Viewer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kDeletes[] = "UPDATE pack_policies SET deleted = now() WHERE pack_id = 'it'";

// Pack "it" of mara, in two versions, with a score of alexnet, and "v4" of noor.
class PackDeletionTest : public LockWaitTest {
 protected:
  PackDeletionTest() {
    AddModel("alexnet", 'a');
    EXPECT_TRUE(Publish({"mara"}, "it", "1").ok());
    EXPECT_TRUE(Publish({"mara"}, "it", "2").ok());
    EXPECT_TRUE(Publish({"noor"}, "v4", "1").ok());
    score_ = Score("alexnet", 'a', {ScoreOf("it.rsa")}).at(0);
  }
  Result<PackRow> Publish(const Viewer& viewer, const std::string& id, const std::string& version) {
    return store_->CatalogueFor(viewer)->CreatePack(PackWith(id, version, {id + ".rsa"}), {});
  }
  Result<PackRow> Change(const Viewer& viewer, PackChange change, const std::string& id = "it") {
    return store_->CatalogueFor(viewer)->ChangePack(id, change);
  }
  Result<JobRow> Create(const std::string& pack = "it") {
    return jobs().Create({"alexnet", Sha('a'), pack, ""});
  }
  // Everything that one is told in lists and pages.
  std::string Seen(const Viewer& viewer) {
    const auto catalogue = store_->CatalogueFor(viewer);
    std::string seen;
    const auto packs = catalogue->ListPacks({}).value();
    for (const auto& row : packs.rows) seen += " pack " + row.id + " " + row.version;
    const auto benchmarks = catalogue->ListBenchmarks("", {}).value();
    for (const auto& row : benchmarks.rows) seen += " " + row.id;
    const auto scores = catalogue->ListScores({}).value();
    for (const auto& row : scores.rows) seen += " score " + row.id;
    store::JobFilter filter;
    filter.viewer = viewer;
    const auto listed = jobs().List(filter).value();
    for (const auto& row : listed.rows) seen += " job on " + row.pack;
    for (const auto& columns : {std::vector<std::string>{}, {"it.rsa"}, {"it.rsa", "v4.rsa"}}) {
      const auto page = catalogue->Leaderboard({columns, 10, ""}).value();
      for (const auto& row : page.rows) {
        seen += " " + row.model;
        for (const auto& cell : row.cells) seen += "=" + cell.score;
      }
    }
    const auto standing = catalogue->StandingScores("it.rsa", {}, 10).value();
    for (const auto& entry : standing) seen += " stands " + entry.model;
    const auto candidates = store_->rescoring().Candidates({"", "", "", viewer}).value().rows;
    for (const auto& candidate : candidates) seen += " to rescore on " + candidate.pack;
    return seen;
  }

  std::string score_;
};

TEST_F(PackDeletionTest, NobodySeesItAndItAllComesBack) {
  ASSERT_TRUE(Create("v4").ok());
  const std::string before = Seen({});
  EXPECT_THAT(before, HasSubstr("pack it 2"));
  EXPECT_THAT(before, HasSubstr("to rescore on it"));
  const PackRow deleted = Change({"mara"}, PackChange::kDelete).value();
  EXPECT_EQ(deleted.deleted, start_);
  EXPECT_EQ(deleted.version, "2");
  for (const Viewer& viewer : {Viewer{"mara"}, {"noor"}, {}, store::Everything()}) {
    EXPECT_EQ(Seen(viewer), " pack v4 1 v4.rsa job on v4");
    const auto catalogue = store_->CatalogueFor(viewer);
    EXPECT_EQ(catalogue->GetPack("it").error().code, ErrorCode::kNotFound);
    EXPECT_EQ(catalogue->ListBenchmarks("it", {}).error().code, ErrorCode::kNotFound);
    EXPECT_EQ(catalogue->GetScore(score_).error().code, ErrorCode::kNotFound);
    EXPECT_FALSE(catalogue->RightsOn("alexnet", "it").value().sees);
    EXPECT_TRUE(catalogue->RightsOn("alexnet", "v4").value().sees);
  }
  EXPECT_EQ(Create().error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(Change({"mara"}, PackChange::kUndelete).ok());
  EXPECT_EQ(Seen({}), before);
  EXPECT_TRUE(Create().ok());
}

TEST_F(PackDeletionTest, ItsPublisherMayAndAdmins) {
  ASSERT_TRUE(Publish(store::Everything(), "old", "1").ok());
  Sql("DELETE FROM pack_policies WHERE pack_id = 'old'");
  for (const char* pack : {"it", "old"}) {
    EXPECT_EQ(Change({"noor"}, PackChange::kDelete, pack).error().code, ErrorCode::kPermission);
    EXPECT_EQ(Change({}, PackChange::kDelete, pack).error().code, ErrorCode::kPermission);
  }
  EXPECT_EQ(Change({"noor"}, PackChange::kDelete, "none").error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(Change({"admin", true}, PackChange::kDelete, "old").ok());
  EXPECT_EQ(catalogue().GetPack("old").error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(Change({"mara"}, PackChange::kDelete).ok());
  clock_.Advance(std::chrono::hours(1));
  EXPECT_EQ(Change({"mara"}, PackChange::kDelete).value().deleted, start_) << "it was before";
  EXPECT_EQ(Change({"noor"}, PackChange::kUndelete).error().code, ErrorCode::kNotFound);
  const auto bin = [&](const Viewer& viewer) {
    std::vector<std::string> ids;
    store::PageRequest request{1, ""};
    do {
      const auto page = store_->CatalogueFor(viewer)->ListPacks(request, true).value();
      for (const PackRow& row : page.rows) ids.push_back(row.id + " " + row.version);
      request.token = page.next_token;
    } while (!request.token.empty());
    return ids;
  };
  EXPECT_THAT(bin({"mara"}), ElementsAre("it 2"));
  EXPECT_THAT(bin({"noor"}), IsEmpty());
  EXPECT_THAT(bin({"admin", true}), ElementsAre("it 2", "old 1"));
  clock_.Advance(std::chrono::hours(30 * 24));
  EXPECT_THAT(bin({"mara"}), IsEmpty());
  EXPECT_EQ(Change({"mara"}, PackChange::kUndelete).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(Change({"mara"}, PackChange::kDelete).error().code, ErrorCode::kNotFound);
}

TEST_F(PackDeletionTest, ItsIdStaysTaken) {
  ASSERT_TRUE(Change({"mara"}, PackChange::kDelete).ok());
  for (const char* version : {"2", "3"}) {
    const auto again = Publish({"mara"}, "it", version);
    ASSERT_FALSE(again.ok());
    EXPECT_EQ(again.error().code, ErrorCode::kConflict);
    EXPECT_THAT(again.error().message, HasSubstr("undelete it first ('ventral pack undelete it')"));
  }
  EXPECT_EQ(Publish({"noor"}, "it", "3").error().code, ErrorCode::kPermission);
  EXPECT_EQ(store_->CatalogueFor({"mara"})->SetPackPolicy("it", {}).error().code,
            ErrorCode::kNotFound);
  ASSERT_TRUE(Change({"mara"}, PackChange::kUndelete).ok());
  EXPECT_EQ(Publish({"mara"}, "it", "3").value().version, "3");
}

TEST_F(PackDeletionTest, WhatWaitsOrRunsOnItEnds) {
  const JobRow running = Create().value();
  const auto lease = jobs().Lease("w", "cpu").value().value();
  const JobRow late = Create().value();
  const auto late_lease = jobs().Lease("w", "cpu").value().value();
  const JobRow waiting = Create().value();
  const JobRow other = Create("v4").value();
  ASSERT_TRUE(Change({"mara"}, PackChange::kDelete).ok());
  EXPECT_EQ(jobs().Get(waiting.id).value().state, JobState::kCancelled);
  EXPECT_EQ(jobs().Get(other.id).value().state, JobState::kQueued);
  EXPECT_TRUE(jobs().Heartbeat(lease.job, lease.token, {}).value().cancel_requested);
  EXPECT_EQ(jobs().Retry(waiting.id).error().code, ErrorCode::kNotFound);
  store::AttemptFailure drained;
  drained.released = true;
  EXPECT_EQ(jobs().Fail(running.id, lease.token, drained).value().state, JobState::kCancelled);
  // What its worker had done already comes back with it.
  EXPECT_TRUE(catalogue().PackFiles("it", "2").ok());
  const auto scores = jobs().Complete(late.id, late_lease.token, {{ScoreOf("it.rsa", 0.25)}}, "");
  ASSERT_TRUE(scores.ok());
  EXPECT_EQ(catalogue().GetScore(scores->at(0)).error().code, ErrorCode::kNotFound);
  EXPECT_THAT(catalogue().Leaderboard({}).value().rows, IsEmpty());
  ASSERT_TRUE(Change({"mara"}, PackChange::kUndelete).ok());
  const auto board = catalogue().Leaderboard({}).value();
  ASSERT_EQ(board.rows.size(), 1u);
  EXPECT_EQ(board.rows[0].mean, 0.25);
  EXPECT_TRUE(jobs().Retry(waiting.id).ok());
}

TEST_F(PackDeletionTest, NoWorkerIsSeenAtIt) {
  ASSERT_TRUE(store_->workers().Heard({"w", "1", {"cpu"}, {}, {}, {}, {}, {}}).ok());
  const JobRow running = Create().value();
  ASSERT_TRUE(jobs().Lease("w", "cpu").value().has_value());
  const auto at_work = [&] {
    return store_->workers().List({}, store::Everything()).value().rows.at(0).jobs;
  };
  EXPECT_THAT(at_work(), ElementsAre(running.id));
  ASSERT_TRUE(Change({"mara"}, PackChange::kDelete).ok());
  EXPECT_THAT(at_work(), IsEmpty());
}

TEST_F(PackDeletionTest, ItsFilesAreNamedUntilItCannotComeBack) {
  const auto made = store_->CatalogueFor({"mara"})->CreatePack(
      PackWith("it", "3", {"it.rsa"}), {{"pack.json", Sha('1'), 2}, {"shared.npy", Sha('2'), 2}});
  ASSERT_TRUE(made.ok());
  ASSERT_TRUE(store_->CatalogueFor({"noor"})
                  ->CreatePack(PackWith("v4", "2", {"v4.rsa"}), {{"shared.npy", Sha('2'), 2}})
                  .ok());
  const JobRow job = Create().value();
  const auto lease = jobs().Lease("w", "cpu").value().value();
  ASSERT_TRUE(
      jobs()
          .Complete(lease.job, lease.token, {{ScoreOf("it.rsa")}}, "", store::GramsRow{Sha('3'), 9})
          .ok());
  const auto unnamed = [&] {
    return store_->blob_rights().Unnamed({Sha('1'), Sha('2'), Sha('3'), Sha('a')}).value();
  };
  ASSERT_TRUE(Change({"mara"}, PackChange::kDelete).ok());
  EXPECT_THAT(store_->blob_rights().Nameable({"mara"}, {Sha('1'), Sha('2')}).value(),
              ElementsAre(Sha('2')));
  clock_.Advance(std::chrono::hours(30 * 24));
  EXPECT_EQ(Change({"mara"}, PackChange::kUndelete).error().code, ErrorCode::kNotFound);
  EXPECT_THAT(unnamed(), IsEmpty()) << "clocks of two servers may differ";
  clock_.Advance(std::chrono::hours(25));
  EXPECT_THAT(unnamed(), ElementsAre(Sha('1'), Sha('3'))) << "the checkpoint is its model's";
}

TEST_F(PackDeletionTest, WhoeverQueuesAJobMeanwhileFindsItGone) {
  const JobRow over = Create().value();
  ASSERT_TRUE(jobs().Cancel(over.id).ok());
  store::RescoreCandidate candidate{"alexnet", Sha('a'), "it",
                                    "2",       "1",      store::GramsRow{Sha('1'), 77}};
  const std::function<Result<JobRow>()> each[] = {
      [&] { return Create(); }, [&] { return jobs().Retry(over.id); },
      [&]() -> Result<JobRow> {
        VENTRAL_ASSIGN_OR_RETURN(auto made, store_->rescoring().Create(std::span(&candidate, 1)));
        return made.at(0);
      }};
  for (const auto& act : each) {
    const auto made = WhileHeld<Result<JobRow>>(kDeletes, act);
    ASSERT_FALSE(made.ok());
    EXPECT_EQ(made.error().code, ErrorCode::kNotFound);
    Sql("UPDATE pack_policies SET deleted = NULL");
  }
  EXPECT_EQ(Sql("SELECT FROM jobs WHERE state = 'queued'").size(), 0u);
  EXPECT_EQ(WhileHeld<Result<PackRow>>(kDeletes, [&] { return Publish({"mara"}, "it", "3"); })
                .error()
                .code,
            ErrorCode::kConflict);
}

TEST_F(PackDeletionTest, WhoeverDeletesItMeanwhileCancelsTheJob) {
  const auto deleted = WhileHeld<Result<PackRow>>(
      "SELECT FROM pack_policies WHERE pack_id = 'it' FOR SHARE;"
      "INSERT INTO jobs (model_id, checkpoint_sha256, pack_id, pack_version, max_attempts, "
      "not_before, created) "
      "SELECT model_id, sha256, 'it', '2', 3, created, created FROM checkpoints",
      [&] { return Change({"mara"}, PackChange::kDelete); });
  ASSERT_TRUE(deleted.ok());
  EXPECT_EQ(Sql("SELECT FROM jobs WHERE state = 'cancelled'").size(), 1u);
  EXPECT_EQ(Sql("SELECT FROM jobs WHERE state = 'queued'").size(), 0u);
}

// The job's row is the completing worker's, which comes to the leaderboard after it.
TEST_F(PackDeletionTest, ItWaitsForAJobThatIsBeingCompleted) {
  ASSERT_TRUE(Create().ok());
  const auto lease = jobs().Lease("w", "cpu").value().value();
  const auto deleted = WhileHeld<Result<PackRow>>(
      "SELECT FROM jobs WHERE state = 'running' FOR UPDATE",
      [&] { return Change({"mara"}, PackChange::kDelete); },
      "SELECT refresh_leaderboard(ARRAY['alexnet'])");
  ASSERT_TRUE(deleted.ok()) << deleted.error().ToString();
  EXPECT_TRUE(jobs().Heartbeat(lease.job, lease.token, {}).value().cancel_requested);
  EXPECT_THAT(catalogue().Leaderboard({}).value().rows, IsEmpty());
}

}  // namespace
}  // namespace ventral::testing
