// A model is withdrawn or deleted while somebody queues a job on it: who commits first is first,
// and no job is left on a model that its maker does not see.
#include "tests/db/lock_wait.h"

namespace ventral::testing {
namespace {

using store::JobRow;
using store::JobState;
using store::ModelChange;
using store::ModelRow;
using ::testing::HasSubstr;

constexpr char kWithdraws[] = "UPDATE models SET private = true";
constexpr char kDeletes[] = "UPDATE models SET deleted = now()";
constexpr char kRestores[] = "UPDATE models SET private = false, deleted = NULL";
// As Create does, of noor, mara and an admin.
constexpr char kQueues[] = R"(
  SELECT FROM models FOR SHARE;
  INSERT INTO jobs (model_id, checkpoint_sha256, pack_id, pack_version, max_attempts, not_before, created, owner)
  SELECT model_id, sha256, 'it', '1.0.0', 3, created, created, o
  FROM checkpoints, unnest(ARRAY['noor', 'mara', 'root']) o)";

// A public model "net" of mara, on which noor had a job that was cancelled.
class ModelRacesTest : public LockWaitTest {
 protected:
  ModelRacesTest() {
    AddPack();
    ModelRow model;
    model.id = "net";
    EXPECT_TRUE(store_->CatalogueFor({"mara"})->CreateModel(model, "").ok());
    AddCheckpoint("net", 'a');
    over_ = Create("noor").value().id;
    EXPECT_TRUE(jobs().Cancel(over_).ok());
    EXPECT_TRUE(store_->accounts().CreateUser({"root", "root", store::Role::kAdmin, {}, {}}).ok());
  }
  Result<JobRow> Create(const std::string& user) {
    return jobs().Create({"net", Sha('a'), "it", "", user});
  }
  Result<JobRow> Rescore(const store::Viewer& by) {
    const store::RescoreCandidate candidate{"net",   Sha('a'), "it",
                                            "1.0.0", "1",      store::GramsRow{Sha('1'), 77}};
    VENTRAL_ASSIGN_OR_RETURN(auto made, store_->rescoring().Create(std::span(&candidate, 1), by));
    return made.at(0);
  }
  Result<ModelRow> Change(ModelChange change) {
    return store_->CatalogueFor({"mara"})->ChangeModel("net", change);
  }
  // Jobs that wait, by their owners.
  std::vector<std::string> Waiting() {
    std::vector<std::string> owners;
    for (const auto& row : Sql("SELECT owner FROM jobs WHERE state = 'queued' ORDER BY owner")) {
      owners.emplace_back(row[0].c_str());
    }
    return owners;
  }

  std::string over_;
};

TEST_F(ModelRacesTest, WhoeverQueuesAJobMeanwhileFindsTheModelGone) {
  struct Case {
    const char* statements;
    std::function<Result<JobRow>()> act;
    ErrorCode code;
  };
  const std::function<Result<JobRow>()> create = [&] { return Create("noor"); },
                                        retry = [&] { return jobs().Retry(over_, "noor"); },
                                        rescore = [&] { return Rescore({"noor"}); };
  for (const Case& each : {Case{kWithdraws, create, ErrorCode::kNotFound},
                           {kDeletes, create, ErrorCode::kNotFound},
                           {kWithdraws, retry, ErrorCode::kConflict},
                           {kDeletes, retry, ErrorCode::kNotFound},
                           {kWithdraws, rescore, ErrorCode::kNotFound},
                           {kDeletes, rescore, ErrorCode::kNotFound}}) {
    const auto made = WhileHeld<Result<JobRow>>(each.statements, each.act);
    ASSERT_FALSE(made.ok()) << each.statements;
    EXPECT_EQ(made.error().code, each.code) << made.error().message;
    EXPECT_TRUE(Waiting().empty());
    Sql(kRestores);
  }
}

TEST_F(ModelRacesTest, ItsOwnerAndAdminsGoOn) {
  EXPECT_TRUE(WhileHeld<Result<JobRow>>(kWithdraws, [&] { return Create("mara"); }).ok());
  EXPECT_TRUE(WhileHeld<Result<JobRow>>(kWithdraws, [&] {
                return jobs().Create({"net", Sha('a'), "it", "", "root", true});
              }).ok());
  EXPECT_TRUE(WhileHeld<Result<JobRow>>(kWithdraws, [&] { return Rescore({"root", true}); }).ok());
}

TEST_F(ModelRacesTest, WhoeverWithdrawsItMeanwhileEndsTheJobsOfOthers) {
  const auto withdrawn =
      WhileHeld<Result<ModelRow>>(kQueues, [&] { return Change(ModelChange::kWithdraw); });
  ASSERT_TRUE(withdrawn.ok()) << withdrawn.error().ToString();
  EXPECT_EQ(Waiting(), (std::vector<std::string>{"mara", "root"}));
  const auto ended =
      Sql("SELECT failure_message FROM jobs WHERE state = 'cancelled' AND "
          "failure_message IS NOT NULL");
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_THAT(ended[0][0].c_str(), HasSubstr("model net was withdrawn"));
}

TEST_F(ModelRacesTest, WhoeverDeletesItMeanwhileEndsAll) {
  const auto deleted =
      WhileHeld<Result<ModelRow>>(kQueues, [&] { return Change(ModelChange::kDelete); });
  ASSERT_TRUE(deleted.ok()) << deleted.error().ToString();
  EXPECT_TRUE(Waiting().empty());
}

// A worker has just taken it, or gives it back.
TEST_F(ModelRacesTest, AJobThatChangesHandsMeanwhileEndsToo) {
  const std::string job = Create("noor").value().id;
  const auto withdrawn = WhileHeld<Result<ModelRow>>(
      "UPDATE jobs SET state = 'running', lease_token = gen_random_uuid(), lease_expires = now(), "
      "started = now(), attempts = 1, attempt_number = 1 WHERE state = 'queued'",
      [&] { return Change(ModelChange::kWithdraw); });
  ASSERT_TRUE(withdrawn.ok()) << withdrawn.error().ToString();
  EXPECT_TRUE(jobs().Get(job).value().cancel_requested);
  ASSERT_TRUE(Change(ModelChange::kPublish).ok());
  Sql("UPDATE jobs SET cancel_requested = false");
  const auto again = WhileHeld<Result<ModelRow>>(
      "UPDATE jobs SET state = 'queued', lease_token = NULL, lease_expires = NULL "
      "WHERE state = 'running'",
      [&] { return Change(ModelChange::kWithdraw); });
  ASSERT_TRUE(again.ok()) << again.error().ToString();
  EXPECT_EQ(jobs().Get(job).value().state, JobState::kCancelled);
}

}  // namespace
}  // namespace ventral::testing
