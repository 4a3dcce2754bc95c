#include "server/service/leaderboard.h"

#include <gmock/gmock.h>

#include "server/service/nearest.h"

namespace ventral::service {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

store::LeaderboardCell Cell(const std::string& benchmark, double raw) {
  store::LeaderboardCell cell;
  cell.benchmark = benchmark;
  cell.score = "id-" + benchmark;
  cell.raw = raw;
  return cell;
}

TEST(LeaderboardTest, HasRowsAsThePageHasThem) {
  store::LeaderboardPage page{{"x"}, {}, "token"};
  page.rows.push_back({"b", "The b", 0.5, 7, {Cell("x", 0.5)}});
  page.rows.push_back({"a", "The a", 0.5, 7, {Cell("x", 0.5)}});
  const auto board = ToProto(page);
  EXPECT_THAT(board.benchmarks(), ElementsAre("x"));
  EXPECT_EQ(board.next_page_token(), "token");
  EXPECT_NE(board.policy(), "");
  ASSERT_EQ(board.rows_size(), 2);
  EXPECT_EQ(board.rows(0).model(), "models/b");
  EXPECT_EQ(board.rows(0).display_name(), "The b");
  EXPECT_EQ(board.rows(0).mean(), 0.5);
  EXPECT_EQ(board.rows(0).rank(), 7);
  EXPECT_EQ(board.rows(1).model(), "models/a");
  EXPECT_EQ(board.rows(1).rank(), 7);
  EXPECT_EQ(ToProto(store::LeaderboardPage{}).rows_size(), 0);
}

TEST(LeaderboardTest, LeavesCellsEmptyWhereThereIsNoScore) {
  store::LeaderboardCell cell = Cell("y", -0.5);
  cell.normalised = -0.75;
  cell.ceiling = 2.0 / 3;
  cell.interval_lower = -0.75;
  cell.interval_upper = 0.0;
  cell.layer_path = "features.3";
  cell.layer_step = 2;
  cell.layer_choice = "best";
  store::LeaderboardPage page{{"z", "y", "x"}, {}, ""};
  page.rows.push_back({"a", "", -0.75, 1, {cell, Cell("other", 1)}});
  const auto board = ToProto(page);
  ASSERT_EQ(board.rows_size(), 1);
  ASSERT_EQ(board.rows(0).cells_size(), 3);
  for (const int empty : {0, 2}) {
    EXPECT_FALSE(board.rows(0).cells(empty).has_raw());
    EXPECT_EQ(board.rows(0).cells(empty).score(), "");
  }
  const auto& filled = board.rows(0).cells(1);
  EXPECT_EQ(filled.score(), "scores/id-y");
  EXPECT_EQ(filled.raw(), -0.5);
  EXPECT_EQ(filled.normalised(), -0.75);
  EXPECT_EQ(filled.ceiling(), 2.0 / 3);
  EXPECT_EQ(filled.interval_lower(), -0.75);
  EXPECT_TRUE(filled.has_interval_upper());
  EXPECT_EQ(filled.layer().path(), "features.3");
  EXPECT_EQ(filled.layer().step(), 2);
  EXPECT_EQ(filled.layer_choice(), "best");
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
