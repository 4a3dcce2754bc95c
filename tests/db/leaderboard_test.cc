// Pages of the leaderboard against the plain query, over random histories; and at every moment of
// histories that several write at once.
#include <algorithm>
#include <atomic>
#include <random>
#include <thread>

#include "server/store/leaderboard_queries.h"
#include "tests/db/leaderboard_reference.h"
#include "tests/db/store_fixture.h"

namespace ventral::testing {
namespace {

using store::LeaderboardPage;
using store::LeaderboardQuery;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kDigits[] = "0123456789abcdef";

class LeaderboardTest : public StoreTest {
 protected:
  using Strings = std::vector<std::string>;

  // A new version of a pack with those benchmarks.
  void Publish(const std::string& pack, const Strings& benchmarks) {
    const std::lock_guard lock(mutex_);
    const std::string version = std::to_string(++versions_);
    benchmarks_[pack + version] = benchmarks;
    const auto made = catalogue().CreatePack(PackWith(pack, version, benchmarks), {});
    ASSERT_TRUE(made.ok()) << made.error().ToString();
  }
  // Or brings it back, where it is deleted.
  void Delete(const std::string& pack) {
    const bool there = catalogue().GetPack(pack).ok();
    const auto change = there ? store::PackChange::kDelete : store::PackChange::kUndelete;
    const auto changed = catalogue().ChangePack(pack, change);
    EXPECT_TRUE(changed.ok()) << changed.error().ToString();
  }
  // Benchmarks of the pack that a job is on.
  Strings BenchmarksOf(const store::LeaseRow& lease) {
    const std::lock_guard lock(mutex_);
    return benchmarks_.at(lease.pack + lease.pack_version);
  }
  void Queue(const std::string& model, char digit, const std::string& pack) {
    const auto made = jobs().Create({model, Sha(digit), pack, "", "", true});
    ASSERT_TRUE(made.ok()) << made.error().ToString();
  }

  // The whole board, page by page.
  std::vector<ReferenceRow> Board(const Strings& columns, int size) {
    std::vector<ReferenceRow> rows;
    LeaderboardQuery query{columns, size, ""};
    do {
      const auto page = catalogue().Leaderboard(query);
      if (!page.ok()) ADD_FAILURE() << page.error().ToString();
      if (!page.ok()) return rows;
      EXPECT_LE(page->rows.size(), static_cast<std::size_t>(size));
      for (const auto& row : page->rows) {
        EXPECT_EQ(row.display_name, "Net " + row.model);
        ReferenceRow& added = rows.emplace_back(ReferenceRow{row.model, row.rank, row.mean, {}});
        for (const auto& cell : row.cells) added.cells[cell.benchmark] = cell.score;
      }
      query.token = page->next_token;
    } while (!query.token.empty());
    return rows;
  }
  // Holds every page of every kind of board against the reference.
  void ExpectTheReference(std::mt19937& random) {
    pqxx::connection connection(database_.connection());
    pqxx::work look(connection);
    const Strings all = AllColumns(look);
    const int size = 1 + static_cast<int>(random() % 7);
    EXPECT_EQ(Board({}, size), ReferenceBoard(look, all));
    for (const std::string& one : all) {
      EXPECT_EQ(Board({one}, size), ReferenceBoard(look, {one})) << one;
    }
    Strings some = all;
    std::ranges::shuffle(some, random);
    some.resize(std::min<std::size_t>(some.size(), 3));
    EXPECT_EQ(Board(some, size), ReferenceBoard(look, some));
    EXPECT_EQ(StoredCells(look), ReferenceCells(look));
  }

  std::mutex mutex_;
  int versions_ = 0;
  std::map<std::string, Strings> benchmarks_;
};

// Few numbers, so that many means are equal; sums of tenths, so that some are nearly so.
store::NewScore RandomScore(const std::string& benchmark, std::mt19937& random) {
  store::NewScore score = ScoreOf(benchmark, 0.1 * static_cast<int>(random() % 9) - 0.2);
  if (random() % 2 == 0) {
    score.ceiling = 0.8;
    score.normalised = score.raw / 0.8;
  }
  if (random() % 3 == 0) score.normalised = score.ceiling = std::nullopt;
  return score;
}

// Of a pack's benchmarks, one at least.
std::vector<store::NewScore> RandomScores(const std::vector<std::string>& benchmarks,
                                          std::mt19937& random) {
  std::vector<store::NewScore> scores;
  for (const std::string& benchmark : benchmarks) {
    if (scores.empty() || random() % 3 > 0) scores.push_back(RandomScore(benchmark, random));
  }
  return scores;
}

std::vector<std::string> RandomBenchmarks(const std::string& pack, std::mt19937& random) {
  std::vector<std::string> benchmarks;
  for (const char* name : {"b", "a", "e", "c", "d"}) {
    if (benchmarks.empty() || random() % 2 == 0) benchmarks.push_back(pack + "." + name);
  }
  return benchmarks;
}

TEST_F(LeaderboardTest, EveryPageIsThatOfThePlainQuery) {
  constexpr int kModels = 12;
  for (unsigned seed = 1; seed <= 4; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const std::string prefix = std::string(1, static_cast<char>('a' + seed)) + "-";
    std::map<std::string, std::size_t> checkpoints;
    for (const char* pack : {"p", "q"}) Publish(pack, RandomBenchmarks(pack, random));
    for (int step = 0; step < 120; ++step) {
      const std::string model = prefix + std::to_string(random() % kModels);
      std::size_t& made = checkpoints[model];
      if (made == 0) AddModel(model, kDigits[made++]);
      if (random() % 5 == 0 && made < 16) AddCheckpoint(model, kDigits[made++]);
      const std::string pack = random() % 2 == 0 ? "p" : "q";
      if (random() % 12 == 0) Publish(pack, RandomBenchmarks(pack, random));
      Queue(model, kDigits[random() % made], pack);
      const auto lease = jobs().Lease("w", "cpu").value().value();
      const auto scores = RandomScores(BenchmarksOf(lease), random);
      ASSERT_TRUE(jobs().Complete(lease.job, lease.token, scores, "").ok());
      if (step % 15 == 14) ExpectTheReference(random);
      if (step % 40 != 39) continue;
      Delete(pack);
      ExpectTheReference(random);
      Delete(pack);
      ExpectTheReference(random);
    }
  }
}

TEST_F(LeaderboardTest, IsThatOfThePlainQueryAtEveryMomentWhileSeveralWrite) {
  std::mt19937 random(7);
  for (const char* pack : {"p", "q", "r"}) Publish(pack, RandomBenchmarks(pack, random));
  const Strings packs = {"p", "q", "r"};
  const Strings models = {"m0", "m1", "m2"};
  for (const std::string& model : models) {
    AddModel(model, '0');
    for (std::size_t i = 1; i < 6; ++i) AddCheckpoint(model, kDigits[i]);
  }
  for (int i = 0; i < 150; ++i) {
    Queue(models[random() % models.size()], kDigits[random() % 6], packs[random() % 3]);
  }
  std::atomic<int> working = 4;
  std::vector<std::thread> threads;
  for (unsigned worker = 0; worker < 4; ++worker) {
    threads.emplace_back([&, worker] {
      std::mt19937 own(100 + worker);
      for (;;) {
        const auto lease = jobs().Lease("w" + std::to_string(worker), "cpu").value();
        if (!lease) break;
        const auto ended =
            jobs().Complete(lease->job, lease->token, RandomScores(BenchmarksOf(*lease), own), "");
        EXPECT_TRUE(ended.ok()) << ended.error().ToString();
        // As ChangePack does, but that the jobs on it go on.
        if (own() % 8 == 1) {
          Sql("UPDATE pack_policies SET deleted = CASE WHEN deleted IS NULL THEN now() END "
              "WHERE pack_id = 'r'");
        }
        if (own() % 8 == 0) {
          const std::string pack = own() % 2 == 0 ? "p" : "q";
          Publish(pack, RandomBenchmarks(pack, own));
        }
      }
      --working;
    });
  }
  int looks = 0;
  pqxx::connection connection(database_.connection());
  while (working > 0) {
    pqxx::transaction<pqxx::repeatable_read> look(connection);  // one moment
    EXPECT_EQ(StoredCells(look), ReferenceCells(look));
    ++looks;
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(looks, 1);
  ExpectTheReference(random);
}

// The older checkpoint's scores get their numbers later, and the newer one's are committed first.
TEST_F(LeaderboardTest, ATransactionWaitsForAnotherOfTheSameModel) {
  Publish("p", {"p.a"});
  AddModel("m", '0');
  AddCheckpoint("m", '1');
  const auto insert = [](char digit, double raw) {
    return "INSERT INTO scores (job_id, ordinal, model_id, checkpoint_sha256, pack_id, "
           "pack_version, benchmark_id, "
           "metric, raw, rule, layer_choice, layer_path, layer_step, seed, scorer_version, result, "
           "summary, "
           "provenance, created) SELECT job_id, 1, model_id, checkpoint_sha256, pack_id, "
           "pack_version, 'p.a', 'rsa', " +
           std::to_string(raw) +
           ", '', '', '', 0, 0, '1', '{}', '{}', '{}', now() FROM jobs WHERE checkpoint_sha256 = "
           "'" +
           Sha(digit) + "'";
  };
  Queue("m", '0', "p");
  Queue("m", '1', "p");
  pqxx::connection one(database_.connection());
  pqxx::work newer(one);
  newer.exec(insert('1', 0.25));
  std::atomic<bool> done = false;
  std::thread other([&] {
    Sql(insert('0', 0.75));
    done = true;
  });
  while (Sql("SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type "
             "= 'Lock'")
             .empty() &&
         !done) {
    std::this_thread::yield();
  }
  EXPECT_FALSE(done);
  newer.commit();
  other.join();
  const auto page = catalogue().Leaderboard({}).value();
  ASSERT_EQ(page.rows.size(), 1u);
  EXPECT_EQ(page.rows[0].mean, 0.25);
}

TEST_F(LeaderboardTest, ANewVersionOfAPackChangesMeansAndColumns) {
  Publish("it", {"it.a", "it.b"});
  AddModel("alexnet", '0');
  AddModel("vgg", '0');
  const auto complete = [&](const std::string& model, const std::vector<store::NewScore>& scores) {
    Queue(model, '0', "it");
    const auto lease = jobs().Lease("w", "cpu").value().value();
    ASSERT_TRUE(jobs().Complete(lease.job, lease.token, scores, "").ok());
  };
  complete("alexnet", {ScoreOf("it.a", 0.25), ScoreOf("it.b", 0.75)});
  complete("vgg", {ScoreOf("it.b", 1.0)});
  LeaderboardQuery query{{}, 1, ""};
  const auto before = catalogue().Leaderboard(query).value();
  EXPECT_THAT(before.benchmarks, ElementsAre("it.a", "it.b"));
  EXPECT_EQ(before.rows[0].model, "vgg");

  Publish("it", {"it.a", "it.c"});
  query.token = before.next_token;
  const auto refused = catalogue().Leaderboard(query);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(refused.error().message, HasSubstr("a pack was published or deleted since"));
  const auto after = catalogue().Leaderboard({}).value();
  EXPECT_THAT(after.benchmarks, ElementsAre("it.a", "it.c"));
  ASSERT_EQ(after.rows.size(), 1u) << "vgg has no score on what is left";
  EXPECT_EQ(after.rows[0].mean, 0.25);
  EXPECT_EQ(after.rows[0].cells.size(), 1u);

  Publish("it", {"it.b"});
  const auto back = catalogue().Leaderboard({}).value();
  ASSERT_EQ(back.rows.size(), 2u);
  EXPECT_EQ(back.rows[0].mean, 1.0);
  EXPECT_EQ(back.rows[1].mean, 0.75);
}

TEST_F(LeaderboardTest, HugeNumbersStopNobody) {
  Publish("it", {"it.a", "it.b"});
  AddModel("alexnet", '0');
  Queue("alexnet", '0', "it");
  const auto lease = jobs().Lease("w", "cpu").value().value();
  const double huge = std::numeric_limits<double>::max();
  ASSERT_TRUE(
      jobs()
          .Complete(lease.job, lease.token, {{ScoreOf("it.a", huge), ScoreOf("it.b", huge)}}, "")
          .ok());
  const auto page = catalogue().Leaderboard({}).value();
  EXPECT_EQ(page.rows[0].cells[0].raw, huge);
  EXPECT_EQ(page.rows[0].mean, 1e300);
}

TEST_F(LeaderboardTest, CutsAPageThatHasManyCells) {
  Strings benchmarks;
  for (int i = 0; i < 500; ++i) benchmarks.push_back("it." + std::to_string(1000 + i));
  Publish("it", benchmarks);
  for (int i = 0; i < 21; ++i) {
    const std::string model = "m" + std::to_string(10 + i);
    AddModel(model, '0');
    Queue(model, '0', "it");
    const auto lease = jobs().Lease("w", "cpu").value().value();
    ASSERT_TRUE(jobs().Complete(lease.job, lease.token, {{ScoreOf("it.1000")}}, "").ok());
  }
  LeaderboardQuery query{{}, 1000, ""};
  const auto first = catalogue().Leaderboard(query).value();
  EXPECT_EQ(first.rows.size(), 20u);
  query.token = first.next_token;
  const auto last = catalogue().Leaderboard(query).value();
  ASSERT_EQ(last.rows.size(), 1u);
  EXPECT_EQ(last.rows[0].rank, 1) << "all means are equal";
}

TEST_F(LeaderboardTest, APrivateModelIsNotThereForOthersNorForTheirRanks) {
  Publish("it", {"it.a"});
  for (const auto& [model, raw] : {std::pair("low", 0.25), {"hidden", 0.5}, {"high", 0.75}}) {
    store::ModelRow row;
    row.id = model;
    row.is_private = row.id == "hidden";
    ASSERT_TRUE(store_->CatalogueFor({"mara"})->CreateModel(row, "").ok());
    AddCheckpoint(model, '0');
    Queue(model, '0', "it");
    const auto lease = jobs().Lease("w", "cpu").value().value();
    ASSERT_TRUE(jobs().Complete(lease.job, lease.token, {{ScoreOf("it.a", raw)}}, "").ok());
  }
  const auto board = [&](const store::Viewer& viewer, const Strings& columns) {
    const auto catalogue = store_->CatalogueFor(viewer);
    LeaderboardQuery query{columns, 1, ""};
    Strings rows;
    do {
      const auto page = catalogue->Leaderboard(query).value();
      for (const auto& row : page.rows) rows.push_back(std::to_string(row.rank) + " " + row.model);
      query.token = page.next_token;
    } while (!query.token.empty());
    return rows;
  };
  for (const Strings& columns : {Strings{}, Strings{"it.a"}, Strings{"it.a", "it.none"}}) {
    EXPECT_THAT(board({"mara"}, columns), ElementsAre("1 high", "2 hidden", "3 low"));
    EXPECT_THAT(board({"noor"}, columns), ElementsAre("1 high", "2 low"));
    EXPECT_THAT(board({}, columns), ElementsAre("1 high", "2 low"));
  }
  EXPECT_EQ(store_->CatalogueFor({"noor"})->StandingScores("it.a", {}, 10).value().size(), 2u);
  EXPECT_EQ(store_->CatalogueFor({"noor"})->StandingScores("it.a", {"hidden"}, 10).value().size(),
            0u);
}

// Rows in the index's order, until the page is full: no sorting, whatever the number of models.
TEST_F(LeaderboardTest, ReadsAPageFromAnIndex) {
  pqxx::connection connection(database_.connection());
  pqxx::nontransaction session(connection);
  session.exec("SET enable_seqscan = off; SET enable_bitmapscan = off");
  const auto plan = [&](const char* statement, auto... parameters) {
    std::string text;
    for (const auto& row : session.exec_params(std::string("EXPLAIN ") + statement, parameters...))
      text += row[0].template as<std::string>() + "\n";
    return text;
  };
  const std::string all =
      plan(store::leaderboard_queries::kPageOfAll, "-Infinity", "", 100, "mara");
  EXPECT_THAT(all, HasSubstr("leaderboard_rows_in_order"));
  EXPECT_THAT(all, HasSubstr("Index Cond: (ROW((- mean), model_id) > ROW("));
  const std::string one =
      plan(store::leaderboard_queries::kPageOfOne, "-0.5", "m", 100, "mara", "it.a");
  EXPECT_THAT(one, HasSubstr("leaderboard_cells_in_order"));
  EXPECT_THAT(one, HasSubstr("AND (ROW((- value), model_id) > ROW("));
  for (const std::string& text : {all, one}) EXPECT_THAT(text, Not(HasSubstr("Sort")));
}

// Of a checkpoint that is scored again and again: what a completion reads, while others of the
// model wait for its row, is the newest score of each benchmark.
TEST_F(LeaderboardTest, ACompletionReadsNoScoreThatStandsNoMore) {
  AddModel("often", 'a');
  AddPack();
  Score("often", 'a', {ScoreOf("it.monkey.rsa", 0.1), ScoreOf("it.human.rsa", 0.2)});
  Sql(R"(
    WITH more AS (
      INSERT INTO jobs (model_id, checkpoint_sha256, pack_id, pack_version, max_attempts, not_before, created)
      SELECT model_id, checkpoint_sha256, pack_id, pack_version, max_attempts, not_before, created FROM jobs, generate_series(1, 5000)
      RETURNING job_id)
    INSERT INTO scores (job_id, ordinal, model_id, checkpoint_sha256, pack_id, pack_version, benchmark_id, metric, raw, rule, layer_choice,
      layer_path, layer_step, seed, scorer_version, result, summary, provenance, created)
    SELECT more.job_id, ordinal, model_id, checkpoint_sha256, pack_id, pack_version, benchmark_id, metric, raw, rule, layer_choice,
      layer_path, layer_step, seed, scorer_version, result, summary, provenance, created FROM scores, more)");
  Sql("ANALYZE scores");
  const auto read = Sql(R"(
    SELECT refresh_leaderboard(ARRAY['often']);
    SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'scores')");
  EXPECT_GT(read[0][0].as<int>(), 0);
  EXPECT_LT(read[0][0].as<int>(), 20);  // of 10,002
}

}  // namespace
}  // namespace ventral::testing
