// The store as a whole: what the schema forbids, locks, and a database that goes away and comes
// back.
#include "server/store/store.h"

#include <set>
#include <thread>

#include "server/store/job_state.h"
#include "tests/db/store_fixture.h"

namespace ventral::testing {
namespace {

using ::testing::HasSubstr;

TEST_F(StoreTest, TellsWhatTookLongAndWhoseItWas) {
  std::vector<std::string> slow;
  auto options = Options();
  options.slow = std::chrono::milliseconds(0);
  options.on_slow = [&](const std::string& what, std::chrono::milliseconds) {
    slow.push_back(what);
  };
  const auto store = store::OpenStore(options, clock_);
  ASSERT_TRUE(store->CatalogueFor(store::Everything())->ListModels({}).ok());
  ASSERT_TRUE(store->jobs().Lease("w", "cpu").ok());
  EXPECT_FALSE(store->jobs().Get("00000000-0000-0000-0000-000000000000").ok());
  EXPECT_THAT(slow, ::testing::ElementsAre("PostgresCatalogue::ListModels",
                                           "PostgresJobQueue::Lease", "PostgresJobQueue::Get"));
  options.slow = std::chrono::hours(1);
  ASSERT_TRUE(
      store::OpenStore(options, clock_)->CatalogueFor(store::Everything())->ListModels({}).ok());
  EXPECT_EQ(slow.size(), 3u);
}

TEST_F(StoreTest, PingAsksForTheWholeSchema) {
  EXPECT_TRUE(store_->Ping().ok());
  Sql("DELETE FROM ventral_migrations");
  const auto behind = store_->Ping();
  ASSERT_FALSE(behind.ok());
  EXPECT_EQ(behind.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(
      behind.error().message,
      ::testing::ContainsRegex("schema is at version 0 and this server needs [1-9][0-9]*: run "
                               "ventral-migrate up"));
}

TEST(Store, ADatabaseThatWasNeverMigrated) {
  const TestDatabase empty(TestDatabase::Schema::kEmpty);
  const SystemClock clock;
  store::StoreOptions options;
  options.connection = empty.connection();
  const auto store = store::OpenStore(options, clock);
  for (const Error& error :
       {store->Ping().error(), store->CatalogueFor(store::Everything())->GetModel("a").error(),
        store->jobs().Lease("w", "cpu").error()}) {
    EXPECT_EQ(error.code, ErrorCode::kUnavailable);
    EXPECT_THAT(error.message, HasSubstr("ventral-migrate up"));
  }
}

// What a failover leaves of a primary that comes back; and the way back is a new connection.
TEST_F(StoreTest, WhatCanOnlyBeReadIsAway) {
  AddModel("alexnet", 'a');
  const std::string name = Sql("SELECT current_database()")[0][0].as<std::string>();
  const auto set = [&](const std::string& how) {
    Sql("SET TRANSACTION READ WRITE; ALTER DATABASE " + name +
        " SET default_transaction_read_only = " + how);
  };
  set("on");
  store::StoreOptions options = Options();
  options.connections = 1;
  const auto store = store::OpenStore(options, clock_);
  const auto catalogue = store->CatalogueFor(store::Everything());
  EXPECT_TRUE(catalogue->GetModel("alexnet").ok());
  const auto pinged = store->Ping();
  ASSERT_FALSE(pinged.ok());
  EXPECT_EQ(pinged.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(pinged.error().message, HasSubstr("default_transaction_read_only"));
  store::ModelRow model;
  model.id = "vgg";
  ASSERT_TRUE(catalogue->GetModel("alexnet").ok()) << "opens the one connection";
  set("off");
  const auto refused = catalogue->CreateModel(model, "");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(refused.error().message, HasSubstr("can only be read"));
  EXPECT_TRUE(catalogue->CreateModel(model, "").ok()) << "by another connection";
  EXPECT_TRUE(store->Ping().ok());
}

TEST(Store, ADatabaseThatIsNotThere) {
  const SystemClock clock;
  store::StoreOptions options;
  options.connections = 2;
  options.statement_timeout = std::chrono::milliseconds(500);
  for (const char* connection :
       {"host=/no/such/folder", "nonsense", "postgresql://127.0.0.1:1/x"}) {
    options.connection = connection;
    const auto store = store::OpenStore(options, clock);
    // More often than there are connections: a failed one gives its place back.
    for (int i = 0; i < 5; ++i) {
      const auto status = store->Ping();
      ASSERT_FALSE(status.ok());
      EXPECT_EQ(status.error().code, ErrorCode::kUnavailable) << connection;
      EXPECT_THAT(status.error().message, HasSubstr("the database cannot be reached"));
    }
  }
}

// A server that was away could not hear its workers: they have a lease's length to be heard again.
TEST_F(StoreTest, NoLeaseIsReapedRightAfterAStart) {
  AddModel("alexnet", 'a');
  AddPack();
  jobs().Create({"alexnet", Sha('a'), "it", ""}).value();
  const auto lease = jobs().Lease("w", "cpu").value().value();
  clock_.Advance(seconds(600));
  store_ = store::OpenStore(Options(), clock_);
  EXPECT_EQ(jobs().Reap().value(), 0);
  clock_.Advance(seconds(59));
  EXPECT_EQ(jobs().Reap().value(), 0);
  EXPECT_TRUE(jobs().Heartbeat(lease.job, lease.token, {}).ok()) << "it was only not heard";
  clock_.Advance(seconds(1));
  EXPECT_EQ(jobs().Reap().value(), 0);
  clock_.Advance(seconds(59));
  EXPECT_EQ(jobs().Reap().value(), 1) << "its worker is gone";
}

TEST_F(StoreTest, NoLeaseIsReapedRightAfterTheDatabaseWasAway) {
  AddModel("alexnet", 'a');
  AddPack();
  jobs().Create({"alexnet", Sha('a'), "it", ""}).value();
  jobs().Lease("w", "cpu").value().value();
  clock_.Advance(seconds(50));
  EXPECT_EQ(jobs().Reap().value(), 0);
  clock_.Advance(seconds(9));
  EXPECT_EQ(jobs().Reap().value(), 0);
  Sql("ALTER TABLE jobs RENAME TO away");
  clock_.Advance(seconds(31));
  EXPECT_FALSE(jobs().Reap().ok());
  Sql("ALTER TABLE away RENAME TO jobs");
  EXPECT_EQ(jobs().Reap().value(), 0);
  clock_.Advance(seconds(59));
  EXPECT_EQ(jobs().Reap().value(), 0);
  clock_.Advance(seconds(1));
  EXPECT_EQ(jobs().Reap().value(), 1);
}

// A job that another transaction looks at is passed over, not waited for.
TEST_F(StoreTest, LeaseSkipsWhatIsLocked) {
  AddModel("alexnet", 'a');
  AddPack();
  const auto first = jobs().Create({"alexnet", Sha('a'), "it", ""}).value();
  const auto second = jobs().Create({"alexnet", Sha('a'), "it", ""}).value();
  pqxx::connection connection(database_.connection());
  pqxx::work other(connection);
  other.exec("SELECT FROM jobs WHERE job_id = '" + first.id + "' FOR UPDATE");
  EXPECT_EQ(jobs().Lease("w", "cpu").value().value().job, second.id);
  EXPECT_FALSE(jobs().Lease("w", "cpu").value().has_value());
  other.abort();
  EXPECT_EQ(jobs().Lease("w", "cpu").value().value().job, first.id);
}

// The columns that a job in this state has, as the schema wants them.
std::string ColumnsIn(store::JobState state) {
  const std::string name(store::JobStateName(state));
  const bool running = state == store::JobState::kRunning;
  const std::string lease =
      running ? "gen_random_uuid(), lease_expires = now()" : "NULL, lease_expires = NULL";
  return "state = '" + name +
         "', started = now(), attempts = 1, attempt_number = 1, lease_token = " + lease +
         ", ended = " + (store::HasEnded(state) ? "now()" : "NULL") + ", completed_token = " +
         (state == store::JobState::kSucceeded ? "gen_random_uuid()" : "NULL") +
         ", failure_cause = 'crash', failure_message = ''";
}

// The database and the program hold the same table.
TEST_F(StoreTest, EveryPairOfStatesIsAMoveOrIsNone) {
  AddModel("alexnet", 'a');
  AddPack();
  ASSERT_TRUE(jobs().Create({"alexnet", Sha('a'), "it", ""}).ok());
  int moves = 0;
  for (const auto from : store::kJobStates) {
    for (const auto to : store::kJobStates) {
      // As a replica: no trigger stands in the way of the state from which it starts.
      Sql("SET LOCAL session_replication_role = replica; UPDATE jobs SET " + ColumnsIn(from));
      const std::string refusal = Refusal("UPDATE jobs SET " + ColumnsIn(to));
      const std::string what =
          std::string(store::JobStateName(from)) + " to " + std::string(store::JobStateName(to));
      if (store::MayBecome(from, to)) {
        EXPECT_EQ(refusal, "") << what;
        moves += from != to;
      } else {
        EXPECT_THAT(refusal, HasSubstr("jobs_transition_is_legal")) << what;
        EXPECT_THAT(refusal, HasSubstr(what));
      }
    }
  }
  EXPECT_EQ(moves, 8);
}

TEST_F(StoreTest, JobsThatFellTogetherDoNotComeBackTogether) {
  AddModel("alexnet", 'a');
  AddPack();
  std::set<std::chrono::nanoseconds> backoffs;
  for (int i = 0; i < 20; ++i) {
    jobs().Create({"alexnet", Sha('a'), "it", ""}).value();
    const auto lease = jobs().Lease("w", "cpu").value().value();
    store::AttemptFailure failure;
    failure.failure = {FailureCause::kInfrastructure, "the switch"};
    const auto job = jobs().Fail(lease.job, lease.token, failure).value();
    const auto backoff = job.not_before - clock_.Now();
    EXPECT_GE(backoff, seconds(5));
    EXPECT_LT(backoff, std::chrono::milliseconds(6250));
    backoffs.insert(backoff);
  }
  EXPECT_GT(backoffs.size(), 10u);
}

struct Broken {
  const char* change;
  const char* constraint;
};

TEST_F(StoreTest, AJobCannotBeInAStateThatIsNone) {
  AddModel("alexnet", 'a');
  AddPack();
  ASSERT_TRUE(jobs().Create({"alexnet", Sha('a'), "it", ""}).ok());
  const std::vector<Broken> queued = {
      {"state = 'paused'", "jobs_state_known"},
      {"state = 'running', started = now(), attempts = 1, attempt_number = 1",
       "jobs_running_has_lease"},
      {"lease_token = gen_random_uuid()", "jobs_running_has_lease"},
      {"lease_expires = now()", "jobs_running_has_lease"},
      {"state = 'cancelled'", "jobs_final_has_end"},
      {"ended = now()", "jobs_final_has_end"},
      {"state = 'succeeded', ended = now()", "jobs_succeeded_has_token"},
      {"completed_token = gen_random_uuid()", "jobs_succeeded_has_token"},
      {"state = 'failed', ended = now()", "jobs_failed_has_cause"},
      {"failure_message = 'x'", "jobs_failure_is_whole"},
      {"failure_cause = 'bad luck', failure_message = 'x'", "jobs_cause_known"},
      {"progress_phase = 'x', progress_message = '', progress_done = 0, progress_total = 0",
       "jobs_progress_while_running"},
      {"progress_done = 1", "jobs_progress_is_whole"},
      {"cancel_requested = true", "jobs_cancel_requested_while_running"},
      {"attempts = 4, attempt_number = 4", "jobs_attempts_in_range"},
      {"attempts = -1", "jobs_attempts_in_range"},
      {"attempts = 1", "jobs_attempts_in_range"},
      {"state = 'running', lease_token = gen_random_uuid(), lease_expires = now()",
       "jobs_running_has_started"},
  };
  for (const Broken& broken : queued) {
    EXPECT_THAT(Refusal(std::string("UPDATE jobs SET ") + broken.change),
                HasSubstr(broken.constraint))
        << broken.change;
  }
  ASSERT_TRUE(jobs().Lease("w", "cpu").value().has_value());
  const std::vector<Broken> attempt = {
      {"outcome = 'failed'", "job_attempts_ended_has_outcome"},
      {"ended = now(), outcome = 'lost'", "job_attempts_outcome_known"},
      {"ended = now(), outcome = 'failed'", "job_attempts_failed_has_cause"},
      {"ended = now(), outcome = 'succeeded', failure_cause = 'crash', failure_message = ''",
       "job_attempts_succeeded_has_no_cause"},
      {"number = 0", "job_attempts_number_from_one"},
  };
  for (const Broken& broken : attempt) {
    EXPECT_THAT(Refusal(std::string("UPDATE job_attempts SET ") + broken.change),
                HasSubstr(broken.constraint))
        << broken.change;
  }
}

TEST_F(StoreTest, TheDatabaseItselfRefusesASecondScoreOfABenchmark) {
  AddModel("alexnet", 'a');
  AddPack();
  Score("alexnet", 'a', {ScoreOf("it.human.rsa")});
  const std::string copy = R"(
    INSERT INTO scores (job_id, ordinal, model_id, checkpoint_sha256, pack_id, pack_version, benchmark_id, metric, raw,
      rule, layer_choice, layer_path, layer_step, seed, scorer_version, result, summary, provenance, created)
    SELECT job_id, 2, model_id, checkpoint_sha256, pack_id, pack_version, benchmark_id, metric, )";
  const std::string rest = R"(,
      rule, layer_choice, layer_path, layer_step, seed, scorer_version, result, summary, provenance, created FROM scores)";
  EXPECT_THAT(Refusal(copy + "raw" + rest), HasSubstr("scores_once_a_benchmark"));
  for (const char* number : {"'NaN'", "'Infinity'", "'-Infinity'"}) {
    EXPECT_THAT(Refusal(copy + number + rest), HasSubstr("scores_numbers_are_finite")) << number;
  }
}

TEST_F(StoreTest, AStatementThatTakesTooLongIsGivenUp) {
  AddModel("alexnet", 'a');
  store::StoreOptions options = Options();
  options.statement_timeout = std::chrono::milliseconds(100);
  const auto hasty = store::OpenStore(options, clock_);
  ASSERT_TRUE(hasty->CatalogueFor(store::Everything())->GetModel("alexnet").ok());
  pqxx::connection connection(database_.connection());
  pqxx::work other(connection);
  other.exec("LOCK TABLE models");
  const auto result = hasty->CatalogueFor(store::Everything())->GetModel("alexnet");
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kUnavailable);
  other.abort();
  EXPECT_TRUE(hasty->CatalogueFor(store::Everything())->GetModel("alexnet").ok());
}

// One connection for eight threads: each waits its turn.
TEST_F(StoreTest, RequestsShareTheConnections) {
  AddModel("alexnet", 'a');
  store::StoreOptions options = Options();
  options.connections = 1;
  const auto narrow = store::OpenStore(options, clock_);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 20; ++k)
        EXPECT_TRUE(narrow->CatalogueFor(store::Everything())->GetModel("alexnet").ok());
    });
  }
  for (auto& thread : threads) thread.join();
  // That one, and the one of store_.
  EXPECT_EQ(Sql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND backend_type = 'client backend' AND pid <> pg_backend_pid()")[0][0]
                .as<int>(),
            2);
}

TEST_F(StoreTest, ConnectionsThatTheServerEndedAreReplacedUnseen) {
  AddModel("alexnet", 'a');
  ASSERT_TRUE(catalogue().GetModel("alexnet").ok());
  Sql("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = "
      "current_database() "
      "AND pid <> pg_backend_pid()");
  EXPECT_TRUE(catalogue().GetModel("alexnet").ok());
}

TEST(StoreOnACluster, PostgresGoesAwayAndComesBack) {
  TestCluster cluster;
  ManualClock clock(TimePoint(std::chrono::sys_days{std::chrono::year{2025} / 6 / 1}));
  store::StoreOptions options;
  options.connection = cluster.connection();
  const auto store = store::OpenStore(options, clock);
  store::ModelRow model;
  model.id = "alexnet";
  ASSERT_TRUE(store->CatalogueFor(store::Everything())->CreateModel(model, "").ok());
  ASSERT_TRUE(store->CatalogueFor(store::Everything())
                  ->CreateCheckpoint({"alexnet", Sha('a'), "net.pt2", 1, {}})
                  .ok());
  ASSERT_TRUE(store->CatalogueFor(store::Everything())
                  ->CreatePack(PackWith("it", "1.0.0", {"it.rsa"}), {})
                  .ok());
  const auto job = store->jobs().Create({"alexnet", Sha('a'), "it", "r1"}).value();
  const auto lease = store->jobs().Lease("w", "cpu").value().value();

  cluster.Stop();
  EXPECT_EQ(store->Ping().error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(store->jobs().Get(job.id).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(store->jobs().Heartbeat(lease.job, lease.token, {}).error().code,
            ErrorCode::kUnavailable);
  EXPECT_EQ(store->jobs().Complete(lease.job, lease.token, {{ScoreOf("it.rsa")}}, "").error().code,
            ErrorCode::kUnavailable);
  EXPECT_EQ(store->jobs().Create({"alexnet", Sha('a'), "it", "r1"}).error().code,
            ErrorCode::kUnavailable);
  clock.Advance(options.policy.lease);  // before that, a store that was just opened reaps nothing
  EXPECT_EQ(store->jobs().Reap().error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(store->CatalogueFor(store::Everything())->ListScores({}).error().code,
            ErrorCode::kUnavailable);

  cluster.Start();
  EXPECT_TRUE(store->Ping().ok());
  EXPECT_EQ(store->jobs().Create({"alexnet", Sha('a'), "it", "r1"}).value().id, job.id);
  EXPECT_EQ(
      store->jobs().Complete(lease.job, lease.token, {{ScoreOf("it.rsa")}}, "").value().size(), 1u);
  EXPECT_EQ(store->jobs().Get(job.id).value().state, store::JobState::kSucceeded);
}

TEST(StoreOnACluster, AStandbyServesNothingUntilItIsPromoted) {
  TestCluster cluster;
  cluster.Stop();
  cluster.MakeStandby();
  cluster.Start();
  const SystemClock clock;
  store::StoreOptions options;
  options.connection = cluster.connection();
  const auto store = store::OpenStore(options, clock);
  const auto pinged = store->Ping();
  ASSERT_FALSE(pinged.ok());
  EXPECT_EQ(pinged.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(pinged.error().message, HasSubstr("is a standby"));
  store::ModelRow model;
  model.id = "alexnet";
  const auto catalogue = store->CatalogueFor(store::Everything());
  EXPECT_EQ(catalogue->CreateModel(model, "").error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(store->jobs().Lease("w", "cpu").error().code, ErrorCode::kUnavailable);
  pqxx::connection connection(cluster.connection());
  pqxx::nontransaction(connection).exec("SELECT pg_promote()");
  EXPECT_TRUE(store->Ping().ok());
  EXPECT_TRUE(catalogue->CreateModel(model, "").ok());
}

}  // namespace
}  // namespace ventral::testing
