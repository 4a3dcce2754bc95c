// Scores: every digit comes back, nothing is ever changed, and the leaderboard's choice.
#include <cmath>
#include <limits>

#include "server/store/page_token.h"
#include "tests/db/store_fixture.h"

namespace ventral::testing {
namespace {

using store::NewScore;
using store::ScoreFilter;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class ScoresTest : public StoreTest {
 protected:
  ScoresTest() {
    AddModel("alexnet", 'a');
    AddPack();
  }
};

TEST_F(ScoresTest, EveryDigitComesBack) {
  NewScore score = ScoreOf("it.human.rsa", 0.1 + 0.2);
  score.ceiling = std::nextafter(1.0, 0.0);
  score.normalised = -0.0;
  score.interval_lower = -std::numeric_limits<double>::denorm_min();
  score.interval_upper = std::numeric_limits<double>::max();
  score.seed = std::numeric_limits<std::uint64_t>::max();
  score.layer_step = 7;
  // Order of keys, spaces, digits and escapes are the evaluator's.
  score.result_json =
      R"({ "z":0.30000000000000004,"layers":[{"raw":1e-05}], "a" : 1.0, "layer":{"path":"l\u00e9"},"n":-0.0})";
  score.provenance_json = "{\"b\": 1,\n\"a\": \"\xc3\xa9\"}";
  const auto ids = Score("alexnet", 'a', {score});
  const auto got = catalogue().GetScore(ids.at(0)).value();
  EXPECT_EQ(got.model, "alexnet");
  EXPECT_EQ(got.checkpoint_sha256, Sha('a'));
  EXPECT_EQ(got.created, start_);
  EXPECT_EQ(got.score.raw, 0.1 + 0.2);
  EXPECT_EQ(got.score.ceiling, score.ceiling);
  EXPECT_TRUE(std::signbit(*got.score.normalised));
  EXPECT_EQ(got.score.interval_lower, score.interval_lower);
  EXPECT_EQ(got.score.interval_upper, score.interval_upper);
  EXPECT_EQ(got.score.seed, score.seed);
  EXPECT_EQ(got.score.layer_step, 7);
  EXPECT_EQ(got.score.layer_path, "features.12");
  EXPECT_EQ(got.score.layer_choice, "best");
  EXPECT_EQ(got.score.rule, "r/ceiling");
  EXPECT_EQ(got.score.metric, "rsa");
  EXPECT_EQ(got.score.result_json, score.result_json);
  EXPECT_EQ(got.score.provenance_json, score.provenance_json);

  ScoreFilter short_filter;
  short_filter.omit_layers = true;
  const auto page = catalogue().ListScores(short_filter).value();
  EXPECT_EQ(
      page.rows.at(0).score.result_json,
      R"({ "z" : 0.30000000000000004, "a" : 1.0, "layer" : {"path":"l\u00e9"}, "n" : -0.0 })");
  EXPECT_EQ(catalogue().ListScores({}).value().rows.at(0).score.result_json, score.result_json);
}

TEST_F(ScoresTest, AbsentNumbersStayAbsent) {
  const auto ids = Score("alexnet", 'a', {ScoreOf("it.human.rsa")});
  const auto got = catalogue().GetScore(ids.at(0)).value().score;
  EXPECT_FALSE(got.ceiling || got.normalised || got.interval_lower || got.interval_upper);
}

TEST_F(ScoresTest, BadJsonChangesNothing) {
  const auto job = jobs().Create({"alexnet", Sha('a'), "it", ""}).value();
  const auto lease = jobs().Lease("w", "cpu").value().value();
  for (const char* json : {"", "{", "[1]", "1", "{\"a\": nan}"}) {
    NewScore score = ScoreOf("it.human.rsa");
    score.result_json = json;
    const auto result = jobs().Complete(lease.job, lease.token, {{score}}, "");
    ASSERT_FALSE(result.ok()) << json;
    EXPECT_EQ(result.error().code, ErrorCode::kInvalidInput) << json;
  }
  EXPECT_EQ(jobs().Get(job.id).value().state, store::JobState::kRunning);
  EXPECT_THAT(catalogue().ListScores({}).value().rows, IsEmpty());
}

TEST_F(ScoresTest, NothingChangesAScore) {
  Score("alexnet", 'a', {ScoreOf("it.human.rsa")});
  EXPECT_THAT(Refusal("UPDATE scores SET raw = 1"),
              HasSubstr("scores is append-only: UPDATE is refused"));
  EXPECT_THAT(Refusal("DELETE FROM scores"), HasSubstr("scores is append-only: DELETE is refused"));
  EXPECT_THAT(Refusal("TRUNCATE scores"), HasSubstr("scores is append-only: TRUNCATE is refused"));
  EXPECT_THAT(Refusal("DELETE FROM jobs"), HasSubstr("violates foreign key"));
  EXPECT_THAT(Refusal("UPDATE packs SET digest = repeat('0', 64)"),
              HasSubstr("packs is append-only"));
  EXPECT_THAT(Refusal("UPDATE benchmarks SET metric = 'x'"),
              HasSubstr("benchmarks is append-only"));
  EXPECT_THAT(Refusal("DELETE FROM checkpoints"), HasSubstr("checkpoints is append-only"));
  EXPECT_EQ(catalogue().ListScores({}).value().rows.size(), 1u);
}

TEST_F(ScoresTest, FiltersAndPages) {
  AddModel("vgg", 'b');
  const auto first = Score("alexnet", 'a', {ScoreOf("it.human.rsa"), ScoreOf("it.monkey.rsa")});
  const auto second = Score("vgg", 'b', {ScoreOf("it.human.rsa")});
  const auto ids = [&](const ScoreFilter& filter) {
    std::vector<std::string> found;
    const auto page = catalogue().ListScores(filter).value();
    for (const auto& score : page.rows) found.push_back(score.id);
    return found;
  };
  ScoreFilter filter;
  EXPECT_THAT(ids(filter), ElementsAre(second[0], first[1], first[0]));
  filter.model = "alexnet";
  EXPECT_THAT(ids(filter), ElementsAre(first[1], first[0]));
  filter.benchmark = "it.human.rsa";
  EXPECT_THAT(ids(filter), ElementsAre(first[0]));
  filter = {};
  filter.job = catalogue().GetScore(second[0]).value().job;
  EXPECT_THAT(ids(filter), ElementsAre(second[0]));
  filter.job = "no uuid";
  EXPECT_THAT(ids(filter), IsEmpty());
  filter = {};
  filter.page.size = 2;
  filter.page.token = catalogue().ListScores(filter).value().next_token;
  EXPECT_EQ(filter.page.token, store::MakePageToken("scores", first[1]));
  EXPECT_THAT(ids(filter), ElementsAre(first[0]));
  for (const std::string& token :
       {std::string("x"), store::MakePageToken("scores", "1"),
        store::MakePageToken("scores", filter.job),
        store::MakePageToken("scores", "8b6d2c5c-33b6-4a5c-9f3f-111111111111")}) {
    filter.page.token = token;
    EXPECT_EQ(catalogue().ListScores(filter).error().code, ErrorCode::kInvalidInput) << token;
  }
  EXPECT_EQ(catalogue().GetScore("no uuid").error().code, ErrorCode::kNotFound);
}

TEST_F(ScoresTest, PagesEndByTheirBytes) {
  std::vector<std::string> newest_first;
  for (const std::size_t size : {3'000'000, 1'000'000, 5'000'000, 10, 10}) {
    NewScore score = ScoreOf("it.human.rsa");
    score.result_json = R"({"layers":[")" + std::string(size, 'x') + R"("]})";
    for (auto& id : Score("alexnet", 'a', {score})) newest_first.insert(newest_first.begin(), id);
  }
  const auto sizes = [&](ScoreFilter filter) {
    std::vector<std::size_t> rows;
    std::vector<std::string> all;
    do {
      const auto page = catalogue().ListScores(filter).value();
      rows.push_back(page.rows.size());
      for (const auto& row : page.rows) all.push_back(row.id);
      filter.page.token = page.next_token;
    } while (!filter.page.token.empty() && rows.size() < 10);
    EXPECT_EQ(all, newest_first);
    return rows;
  };
  EXPECT_THAT(sizes({}), ElementsAre(2, 1, 2)) << "one that is too large is alone";
  ScoreFilter filter;
  filter.page.size = 1;
  EXPECT_THAT(sizes(filter), ElementsAre(1, 1, 1, 1, 1));
  filter.page.size = 50;
  filter.omit_layers = true;
  EXPECT_THAT(sizes(filter), ElementsAre(5)) << "only what is handed out counts";
}

TEST_F(ScoresTest, TheLeaderboardTakesTheNewestScoresOfTheNewestScoredCheckpoint) {
  AddModel("vgg", 'b');
  Score("alexnet", 'a', {ScoreOf("it.human.rsa", 0.1), ScoreOf("it.monkey.rsa", 0.2)});
  Score("alexnet", 'a', {ScoreOf("it.human.rsa", 0.3)});  // scored again
  Score("vgg", 'b', {ScoreOf("it.human.rsa", 0.4)});
  AddCheckpoint("alexnet", 'c');  // has no score yet
  const auto cells = [&](const std::vector<std::string>& benchmarks) {
    std::vector<std::string> found;
    const auto page = catalogue().Leaderboard({benchmarks, 10, ""}).value();
    for (const auto& row : page.rows) {
      for (const auto& cell : row.cells) {
        found.push_back(row.model + " " + cell.benchmark + " " +
                        std::to_string(cell.raw).substr(0, 3));
      }
    }
    return found;
  };
  EXPECT_THAT(cells({}), UnorderedElementsAre("vgg it.human.rsa 0.4", "alexnet it.human.rsa 0.3",
                                              "alexnet it.monkey.rsa 0.2"));
  EXPECT_THAT(cells({"it.monkey.rsa"}), ElementsAre("alexnet it.monkey.rsa 0.2"));
  EXPECT_THAT(cells({"no.such"}), IsEmpty());
  // One network stands for a model in all its cells.
  Score("alexnet", 'c', {ScoreOf("it.human.rsa", 0.5)});
  EXPECT_THAT(cells({}), ElementsAre("alexnet it.human.rsa 0.5", "vgg it.human.rsa 0.4"));
}

TEST_F(ScoresTest, ACellHasItsScoresNumbers) {
  NewScore score = ScoreOf("it.human.rsa", 0.1 + 0.2);
  score.ceiling = std::nextafter(1.0, 0.0);
  score.normalised = 1.0 / 3;
  score.interval_lower = -0.0;
  score.interval_upper = std::numeric_limits<double>::max();
  score.layer_step = 7;
  const auto ids = Score("alexnet", 'a', {score, ScoreOf("it.monkey.rsa")});
  const auto page = catalogue().Leaderboard({{"it.human.rsa"}, 10, ""}).value();
  ASSERT_EQ(page.rows.size(), 1u);
  EXPECT_EQ(page.rows[0].mean, 1.0 / 3);
  ASSERT_EQ(page.rows[0].cells.size(), 1u);
  const auto& cell = page.rows[0].cells[0];
  EXPECT_EQ(cell.score, ids.at(0));
  EXPECT_EQ(cell.raw, score.raw);
  EXPECT_EQ(cell.ceiling, score.ceiling);
  EXPECT_EQ(cell.normalised, score.normalised);
  EXPECT_EQ(cell.interval_lower, score.interval_lower);
  EXPECT_EQ(cell.interval_upper, score.interval_upper);
  EXPECT_EQ(cell.layer_path, "features.12");
  EXPECT_EQ(cell.layer_choice, "best");
  EXPECT_EQ(cell.layer_step, 7);
}

TEST_F(ScoresTest, StandingScoresAreThoseOfTheModelsAskedFor) {
  AddModel("vgg", 'b');
  Score("alexnet", 'a', {ScoreOf("it.human.rsa", 0.1)});
  Score("vgg", 'b', {ScoreOf("it.human.rsa", 0.4)});
  const auto models = [&](const std::vector<std::string>& wanted, int limit) {
    std::vector<std::string> found;
    const auto entries = catalogue().StandingScores("it.human.rsa", wanted, limit).value();
    for (const auto& entry : entries) {
      EXPECT_EQ(entry.display_name, "Net " + entry.model);
      EXPECT_THAT(entry.score.score.result_json, ::testing::Not(HasSubstr("layers")));
      found.push_back(entry.model);
    }
    return found;
  };
  EXPECT_THAT(models({}, 10), ElementsAre("alexnet", "vgg"));
  EXPECT_THAT(models({}, 1), ElementsAre("vgg")) << "the best";
  EXPECT_THAT(models({"vgg", "nobody"}, 10), ElementsAre("vgg"));
}

}  // namespace
}  // namespace ventral::testing
