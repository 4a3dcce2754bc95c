#include "server/service/leaderboard.h"

#include <gmock/gmock.h>

#include "server/service/nearest.h"

namespace ventral::service {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

store::LeaderboardEntry Entry(const std::string& model, const std::string& benchmark, double raw,
                              std::optional<double> normalised = std::nullopt) {
  store::LeaderboardEntry entry;
  entry.model = model;
  entry.display_name = "The " + model;
  entry.score.id = model + "-" + benchmark;
  entry.score.score.benchmark = benchmark;
  entry.score.score.raw = raw;
  entry.score.score.normalised = normalised;
  if (normalised) entry.score.score.ceiling = raw / *normalised;
  return entry;
}

std::vector<std::string> ModelsOf(const v1::Leaderboard& board) {
  std::vector<std::string> models;
  for (const auto& row : board.rows()) models.push_back(row.model());
  return models;
}

std::vector<int> RanksOf(const v1::Leaderboard& board) {
  std::vector<int> ranks;
  for (const auto& row : board.rows()) ranks.push_back(row.rank());
  return ranks;
}

TEST(LeaderboardTest, OrdersByTheMeanOfNormalisedElseRaw) {
  const auto board = RankLeaderboard(
      {"x", "y"}, {Entry("a", "x", 0.1, 0.5), Entry("a", "y", 0.3),      // (0.5 + 0.3) / 2
                   Entry("b", "x", 0.9, 0.25), Entry("b", "y", 0.75)});  // (0.25 + 0.75) / 2
  EXPECT_THAT(ModelsOf(board), ElementsAre("models/b", "models/a"));
  EXPECT_THAT(RanksOf(board), ElementsAre(1, 2));
  EXPECT_EQ(board.rows(0).mean(), 0.5);
  EXPECT_EQ(board.rows(1).mean(), 0.4);
  EXPECT_EQ(board.rows(1).display_name(), "The a");
}

TEST(LeaderboardTest, SharesARankOnEqualMeans) {
  const auto board = RankLeaderboard({"x"}, {Entry("d", "x", 0.1), Entry("c", "x", 0.5),
                                             Entry("b", "x", 0.5), Entry("a", "x", 0.9)});
  EXPECT_THAT(ModelsOf(board), ElementsAre("models/a", "models/b", "models/c", "models/d"));
  EXPECT_THAT(RanksOf(board), ElementsAre(1, 2, 2, 4));
}

TEST(LeaderboardTest, LeavesCellsEmptyWhereThereIsNoScore) {
  const auto board = RankLeaderboard({"x", "y", "z"}, {Entry("a", "y", -0.5, -0.75)});
  ASSERT_EQ(board.rows_size(), 1);
  ASSERT_EQ(board.rows(0).cells_size(), 3);
  EXPECT_FALSE(board.rows(0).cells(0).has_raw());
  EXPECT_EQ(board.rows(0).cells(0).score(), "");
  EXPECT_EQ(board.rows(0).cells(1).score(), "scores/a-y");
  EXPECT_EQ(board.rows(0).cells(1).raw(), -0.5);
  EXPECT_EQ(board.rows(0).cells(1).normalised(), -0.75);
  EXPECT_FALSE(board.rows(0).cells(2).has_raw());
  EXPECT_EQ(board.rows(0).mean(), -0.75) << "over the cells that are there";
}

TEST(LeaderboardTest, CountsAZeroAsAScore) {
  const auto board = RankLeaderboard({"x"}, {Entry("a", "x", 0.0), Entry("b", "x", -0.1)});
  EXPECT_THAT(ModelsOf(board), ElementsAre("models/a", "models/b"));
  EXPECT_TRUE(board.rows(0).has_mean());
  EXPECT_TRUE(board.rows(0).cells(0).has_raw());
}

TEST(LeaderboardTest, LeavesOtherBenchmarksOut) {
  const auto board = RankLeaderboard({"x"}, {Entry("a", "other", 0.9), Entry("b", "x", 0.1)});
  EXPECT_THAT(ModelsOf(board), ElementsAre("models/b"));
  EXPECT_THAT(board.benchmarks(), ElementsAre("x"));
  EXPECT_EQ(RankLeaderboard({}, {}).rows_size(), 0);
  EXPECT_NE(RankLeaderboard({}, {}).policy(), "");
}

TEST(NearestTest, OrdersByDistanceThenName) {
  const std::vector<std::string> names = {"small.v4.ridge", "small.it.rsa", "small.it.cka",
                                          "other"};
  EXPECT_THAT(NearestNames("small.it.rsb", names, 2), ElementsAre("small.it.rsa", "small.it.cka"));
  EXPECT_THAT(NearestNames("ab", {"ac", "aa", "b"}), ElementsAre("aa", "ac", "b"));
  EXPECT_THAT(NearestNames("x", {}), IsEmpty());
  EXPECT_EQ(NearestNames("", names, 1).front(), "other");
}

TEST(NearestTest, BearsHugeNames) {
  EXPECT_THAT(
      NearestNames(std::string(10'000'000, 'x'), {std::string(10'000'000, 'y'), "x"}, 1).size(),
      1u);
}

}  // namespace
}  // namespace ventral::service
