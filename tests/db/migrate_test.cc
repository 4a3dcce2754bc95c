// Migrations: up, down, up; the schema that they make; what ventral-migrate refuses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <pqxx/pqxx>

#include "migrations/migrator.h"
#include "tests/support/files.h"
#include "tests/support/postgres.h"

namespace ventral::migrate {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ventral::testing::ReadFile;
using ventral::testing::TestDatabase;

std::vector<Migration> Ours() { return PairUp(EmbeddedFiles()).value(); }

TEST(MigrationFiles, TheProgramHoldsTheFilesOfTheFolder) {
  auto from_folder = PairUp(FilesOf(VENTRAL_MIGRATIONS_DIR).value()).value();
  auto embedded = Ours();
  ASSERT_EQ(embedded.size(), from_folder.size());
  for (std::size_t i = 0; i < embedded.size(); ++i) {
    EXPECT_EQ(embedded[i].up, from_folder[i].up);
    EXPECT_EQ(embedded[i].down, from_folder[i].down);
    EXPECT_EQ(embedded[i].Label(), from_folder[i].Label());
  }
}

// What migrations/dump_schema.sh prints.
std::string DumpSchema(const std::string& connection) {
  const ventral::testing::ScratchFolder scratch;
  const auto out = scratch.path() / "schema.sql";
  const std::string line =
      "bash '" VENTRAL_MIGRATIONS_DIR "/dump_schema.sh' '" + connection + "' > " + out.string();
  EXPECT_EQ(std::system(line.c_str()), 0) << line;
  return ReadFile(out);
}

struct BadFiles {
  std::vector<MigrationFile> files;
  std::string says;
};

TEST(MigrationFiles, RefusesWhatIsNoSeries) {
  const std::vector<BadFiles> cases = {
      {{}, "no migrations"},
      {{{"1_a.up.sql", "x"}}, "1_a.up.sql: a migration is called"},
      {{{"000x_a.up.sql", "x"}}, "000x_a.up.sql: a migration is called"},
      {{{"0001_a.sql", "x"}}, "0001_a.sql: a migration is called"},
      {{{"0001_a.up.sql", ""}}, "0001_a.up.sql is empty"},
      {{{"0001_a.up.sql", "x"}}, "0001_a.down.sql is missing"},
      {{{"0001_a.down.sql", "x"}}, "0001_a.up.sql is missing"},
      {{{"0001_a.up.sql", "x"}, {"0001_b.down.sql", "x"}}, "another migration has this number"},
      {{{"0002_a.up.sql", "x"}, {"0002_a.down.sql", "x"}}, "0002_a: expected number 1"},
  };
  for (const auto& bad : cases) {
    const auto result = PairUp(bad.files);
    ASSERT_FALSE(result.ok()) << bad.says;
    EXPECT_EQ(result.error().code, ErrorCode::kInvalidInput);
    EXPECT_THAT(result.error().message, HasSubstr(bad.says));
  }
}

TEST(Migrate, UpDownUpMakesTheExpectedSchemaTwice) {
  TestDatabase database(TestDatabase::Schema::kEmpty);
  const std::string empty = DumpSchema(database.connection());
  const std::string expected = ReadFile(VENTRAL_MIGRATIONS_DIR "/schema.expected.sql");
  ASSERT_THAT(expected, HasSubstr("CREATE TABLE public.scores"));
  Migrator migrator(database.connection(), Ours());

  ASSERT_TRUE(migrator.Up().ok());
  EXPECT_EQ(DumpSchema(database.connection()), expected)
      << "if the schema was meant to change, run migrations/dump_schema.sh";
  ASSERT_TRUE(migrator.Down(0).ok());
  EXPECT_EQ(DumpSchema(database.connection()), empty);
  ASSERT_TRUE(migrator.Up().ok());
  EXPECT_EQ(DumpSchema(database.connection()), expected);
}

// A server of before does not know the cause violation: it becomes what that one made of it.
TEST(Migrate, DownFromViolationsKeepsTheirMessages) {
  TestDatabase database(TestDatabase::Schema::kEmpty);
  Migrator migrator(database.connection(), Ours());
  ASSERT_TRUE(migrator.Up().ok());
  {
    pqxx::connection connection(database.connection());
    pqxx::work work(connection);
    work.exec(R"(
      INSERT INTO models VALUES ('m', '', '', '', '', '', '', '', '{}', NULL, now());
      INSERT INTO checkpoints (model_id, sha256, file_name, bytes, created) VALUES ('m', repeat('a', 64), '', 1, now());
      INSERT INTO packs (pack_id, version, digest, title, citation, licence, stimuli, bytes, created)
        VALUES ('p', '1', repeat('b', 64), '', '', '', 1, 1, now());
      INSERT INTO jobs (model_id, checkpoint_sha256, pack_id, pack_version, state, attempts, max_attempts,
                        attempt_number, not_before, failure_cause, failure_message, created, ended)
        VALUES ('m', repeat('a', 64), 'p', '1', 'failed', 1, 3, 1, now(), 'violation', 'openat', now(), now());
      INSERT INTO job_attempts (job_id, number, worker, device, started, ended, outcome, failure_cause, failure_message)
        SELECT job_id, 1, 'w', 'cpu', now(), now(), 'failed', 'violation', 'openat' FROM jobs)");
    work.commit();
  }
  ASSERT_TRUE(migrator.Down(1).ok());
  pqxx::connection connection(database.connection());
  pqxx::nontransaction look(connection);
  for (const char* table : {"jobs", "job_attempts"}) {
    const auto row = look.exec1(std::string("SELECT failure_cause, failure_message FROM ") + table);
    EXPECT_STREQ(row[0].c_str(), "invalid_checkpoint") << table;
    EXPECT_STREQ(row[1].c_str(), "openat") << table;
    EXPECT_THROW(look.exec(std::string("UPDATE ") + table + " SET failure_cause = 'violation'"),
                 pqxx::check_violation);
  }
}

// Scores of before get their place: the newest of the newest checkpoint that has any.
TEST(Migrate, MakesTheLeaderboardFromTheScoresThatAreThere) {
  TestDatabase database(TestDatabase::Schema::kEmpty);
  const auto ours = Ours();
  const auto leaderboard = std::ranges::find(ours, "leaderboard", &Migration::name);
  ASSERT_NE(leaderboard, ours.end());
  Migrator migrator(database.connection(), ours);
  ASSERT_TRUE(migrator.Up(leaderboard->version - 1).ok());
  {
    pqxx::connection connection(database.connection());
    pqxx::work work(connection);
    work.exec(R"(
      INSERT INTO models (model_id, display_name, architecture, training_data, objective, learning_rule, licence, reference, created)
        SELECT m, '', '', '', '', '', '', '', now() FROM unnest(ARRAY['m', 'n', 'unscored']) m;
      INSERT INTO checkpoints (model_id, sha256, file_name, bytes, created)
        SELECT m, repeat(c, 64), '', 1, now() FROM unnest(ARRAY['m', 'n']) m, unnest(ARRAY['a', 'b', 'c']) c;
      INSERT INTO packs (pack_id, version, digest, title, citation, licence, stimuli, bytes, created)
        VALUES ('p', '1', repeat('b', 64), '', '', '', 1, 1, now());
      INSERT INTO benchmarks SELECT 'p', '1', 'p.' || b, b, 'rsa', '', '', '', 1 FROM generate_series(1, 2) b;
      INSERT INTO jobs (model_id, checkpoint_sha256, pack_id, pack_version, max_attempts, not_before, created, request_id)
        SELECT 'm', repeat(c, 64), 'p', '1', 1, now(), now(), c || again FROM unnest(ARRAY['a', 'b']) c, generate_series(1, 2) again;
      INSERT INTO scores (job_id, ordinal, model_id, checkpoint_sha256, pack_id, pack_version, benchmark_id, metric, raw, rule, layer_choice,
                          layer_path, layer_step, seed, scorer_version, result, summary, provenance, created)
        SELECT job_id, b, model_id, checkpoint_sha256, 'p', '1', 'p.' || b, 'rsa', raw, '', '', '', 0, 0, '1', '{}', '{}', '{}', now()
        FROM jobs JOIN (VALUES (1, 'b1', 1, 0.5), (2, 'b1', 2, 0.25), (3, 'b2', 1, 0.75), (4, 'a1', 2, 1.0)) made (at, request_id, b, raw)
        USING (request_id) ORDER BY at)");
    work.commit();
  }
  ASSERT_TRUE(migrator.Up().ok());
  pqxx::connection connection(database.connection());
  pqxx::nontransaction look(connection);
  const auto rows = look.exec("SELECT model_id, mean FROM leaderboard_rows");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_STREQ(rows[0][0].c_str(), "m");
  EXPECT_EQ(rows[0][1].as<double>(), 0.5);
  const auto cells = look.exec("SELECT benchmark_id, value FROM leaderboard_cells ORDER BY 1");
  ASSERT_EQ(cells.size(), 2u);
  EXPECT_EQ(cells[0][1].as<double>(), 0.75) << "scored again";
  EXPECT_EQ(cells[1][1].as<double>(), 0.25) << "not the older checkpoint's";
}

TEST(Migrate, DoesEachOnceAndSaysWhatItDid) {
  TestDatabase database(TestDatabase::Schema::kEmpty);
  const std::vector<Migration> two = {{1, "one", "CREATE TABLE a ()", "DROP TABLE a"},
                                      {2, "two", "CREATE TABLE b ()", "DROP TABLE b"}};
  Migrator migrator(database.connection(), two);
  EXPECT_THAT(migrator.Status().value(), IsEmpty());
  EXPECT_THAT(migrator.Up(1).value(), ElementsAre("0001_one"));
  EXPECT_THAT(migrator.Up().value(), ElementsAre("0002_two"));
  EXPECT_THAT(migrator.Up().value(), IsEmpty());
  EXPECT_EQ(migrator.Status().value().size(), 2u);
  EXPECT_THAT(migrator.Down(0).value(), ElementsAre("0002_two", "0001_one"));
  EXPECT_THAT(migrator.Status().value(), IsEmpty());
}

TEST(Migrate, RefusesWhatDiverged) {
  TestDatabase database(TestDatabase::Schema::kEmpty);
  const std::vector<Migration> two = {{1, "one", "CREATE TABLE a ()", "DROP TABLE a"},
                                      {2, "two", "CREATE TABLE b ()", "DROP TABLE b"}};
  ASSERT_TRUE(Migrator(database.connection(), two).Up().ok());

  auto edited = two;
  edited[0].up = "CREATE TABLE a (x integer)";
  auto result = Migrator(database.connection(), edited).Up();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kConflict);
  EXPECT_THAT(result.error().message, HasSubstr("0001_one was edited after it landed"));

  result = Migrator(database.connection(), {two[0]}).Up();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kConflict);
  EXPECT_THAT(result.error().message,
              HasSubstr("migration 2 (two), which this ventral-migrate does not know"));

  Migrator migrator(database.connection(), two);
  EXPECT_THAT(migrator.Up(3).error().message, HasSubstr("no version 3"));
  EXPECT_THAT(migrator.Up(1).error().message, HasSubstr("down --to 1"));
  ASSERT_TRUE(migrator.Down(1).ok());
  EXPECT_THAT(migrator.Down(2).error().message, HasSubstr("up --to 2"));
}

TEST(Migrate, AFailedMigrationChangesNothing) {
  TestDatabase database(TestDatabase::Schema::kEmpty);
  const std::vector<Migration> two = {
      {1, "one", "CREATE TABLE a ()", "DROP TABLE a"},
      {2, "two", "CREATE TABLE b (); SELECT no_such_function()", "DROP TABLE b"}};
  Migrator migrator(database.connection(), two);
  const auto result = migrator.Up();
  ASSERT_FALSE(result.ok());
  EXPECT_THAT(result.error().message, HasSubstr("0002_two.up.sql failed"));
  EXPECT_EQ(migrator.Status().value().size(), 1u);
  pqxx::connection connection(database.connection());
  EXPECT_TRUE(
      pqxx::nontransaction(connection).exec1("SELECT to_regclass('b') IS NULL")[0].as<bool>());
}

TEST(Migrate, SaysThatTheDatabaseIsAway) {
  const auto result = Migrator("host=/no/such/folder", Ours()).Up();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kUnavailable);
}

// The exit codes that --help states.
TEST(MigrateProgram, ExitCodes) {
  TestDatabase database(TestDatabase::Schema::kEmpty);
  const auto run = [&](const std::string& arguments) {
    const std::string line = std::string(VENTRAL_MIGRATE) + " " + arguments + " --database '" +
                             database.connection() + "' > /dev/null 2>&1";
    return WEXITSTATUS(std::system(line.c_str()));
  };
  EXPECT_EQ(run("status"), 3);
  EXPECT_EQ(run("up"), 0);
  EXPECT_EQ(run("status"), 0);
  EXPECT_EQ(run("version"), 0);
  EXPECT_EQ(run("up --to 9999"), 1);
  EXPECT_EQ(run("down"), 2);
  EXPECT_EQ(run("sideways"), 2);
  EXPECT_EQ(run("down --to 0"), 0);
  EXPECT_EQ(run("up --migrations /no/such/folder"), 1);
  EXPECT_EQ(run("up --migrations '" VENTRAL_MIGRATIONS_DIR "'"), 0);
}

}  // namespace
}  // namespace ventral::migrate
