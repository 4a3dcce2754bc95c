#include <gmock/gmock.h>

#include "client/cli/format.h"

namespace ventral::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

v1::LeaderboardCell Cell(double raw, const std::string& layer) {
  v1::LeaderboardCell cell;
  cell.set_score("scores/1");
  cell.set_raw(raw);
  cell.set_interval_lower(raw - 0.04);
  cell.set_interval_upper(raw + 0.04);
  cell.mutable_layer()->set_path(layer);
  cell.set_layer_choice("committed");
  return cell;
}

v1::LeaderboardCell Of(double ceiling, v1::LeaderboardCell cell) {
  cell.set_ceiling(ceiling);
  cell.set_normalised(cell.raw() / ceiling);
  return cell;
}

v1::LeaderboardRow* AddRow(v1::Leaderboard& board, int rank, const std::string& model) {
  v1::LeaderboardRow* row = board.add_rows();
  row->set_rank(rank);
  row->set_model("models/" + model);
  return row;
}

v1::Leaderboard OneColumn() {
  v1::Leaderboard board;
  board.set_policy("The policy.");
  board.add_benchmarks("lab.it.rsa");
  v1::LeaderboardRow* best = AddRow(board, 1, "net");
  best->set_mean(0.5);
  *best->add_cells() = Of(0.8, Cell(0.4, "conv5"));
  v1::LeaderboardRow* none = AddRow(board, 0, "unscored");
  none->add_cells();
  return board;
}

TEST(FormatLeaderboard, ShowsSharesOfTheCeilingAndHalfTheInterval) {
  EXPECT_EQ(FormatLeaderboard(OneColumn()),
            "#  model       mean  lab.it.rsa    layer\n"
            "1  net        0.500  0.500 ±0.050  conv5\n"
            "–  unscored       –  –\n"
            "   (ceiling)         0.800 r\n"
            "\n"
            "Scores are shares of the ceiling; an r marks a plain correlation; ± is half the "
            "interval's width.\n"
            "The policy.\n");
}

TEST(FormatLeaderboard, MarksPlainCorrelations) {
  v1::Leaderboard board = OneColumn();
  *board.mutable_rows(0)->mutable_cells(0) = Cell(0.4, "conv5");
  const std::string text = FormatLeaderboard(board);
  EXPECT_THAT(text, HasSubstr("0.400 ±0.040 r"));
  EXPECT_THAT(text, Not(HasSubstr("shares of the ceiling")));
  EXPECT_THAT(text, HasSubstr("(ceiling)         –"));
}

TEST(FormatLeaderboard, NumbersColumnsThatWouldNotFit) {
  v1::Leaderboard board = OneColumn();
  for (const char* name : {"lab.v4.ridge", "lab.v1.ridge"}) board.add_benchmarks(name);
  const std::string text = FormatLeaderboard(board);
  EXPECT_THAT(text, HasSubstr("[1]           [2]  [3]\n"));
  EXPECT_THAT(text, HasSubstr("[1] lab.it.rsa\n[2] lab.v4.ridge\n[3] lab.v1.ridge\n"));
  EXPECT_THAT(text, Not(HasSubstr("layer"))) << "of which benchmark?";
}

TEST(FormatLeaderboard, WarnsOfLayersThatWereChosenOnTheirOwnStimuli) {
  v1::Leaderboard board = OneColumn();
  EXPECT_THAT(FormatLeaderboard(board), Not(HasSubstr("optimistic")));
  board.mutable_rows(0)->mutable_cells(0)->set_layer_choice("best");
  EXPECT_THAT(FormatLeaderboard(board), HasSubstr("optimistic"));
}

TEST(FormatLeaderboard, SaysWhereCeilingsDiffer) {
  v1::Leaderboard board = OneColumn();
  *board.mutable_rows(1)->mutable_cells(0) = Of(0.7, Cell(0.2, "conv1"));
  EXPECT_THAT(FormatLeaderboard(board), HasSubstr("varies"));
}

TEST(FormatLeaderboard, SaysHowToBeginWhereThereIsNothing) {
  v1::Leaderboard board;
  board.add_benchmarks("lab.it.rsa");
  EXPECT_THAT(FormatLeaderboard(board), HasSubstr("ventral submit"));
}

TEST(FormatLeaderboard, BelievesNoServerInItsNumberOfCells) {
  v1::Leaderboard board = OneColumn();
  board.mutable_rows(0)->clear_cells();
  for (int i = 0; i < 3; ++i) board.mutable_rows(1)->add_cells();
  EXPECT_THAT(FormatLeaderboard(board), HasSubstr("1  net"));
}

}  // namespace
}  // namespace ventral::cli
