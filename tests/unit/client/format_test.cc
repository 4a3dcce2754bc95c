#include "client/cli/format.h"

#include <gmock/gmock.h>

namespace ventral::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

v1::BenchmarkScore SomeScore() {
  v1::BenchmarkScore score;
  score.set_benchmark("p.r.rsa");
  score.set_metric("rsa");
  score.set_raw(0.22942);
  score.mutable_ceiling()->set_value(0.66572);
  score.mutable_ceiling()->set_lower(0.372);
  score.mutable_ceiling()->set_upper(0.66572);
  score.set_normalised(0.34462);
  score.set_rule("r/ceiling_upper");
  score.mutable_interval()->set_lower(0.152);
  score.mutable_interval()->set_upper(0.327);
  score.mutable_interval()->set_level(0.95);
  score.mutable_layer()->set_path("it");
  score.mutable_layer()->set_step(2);
  v1::LayerScore* layer = score.add_layers();
  layer->mutable_layer()->set_path("it");
  layer->mutable_layer()->set_step(2);
  layer->set_raw(0.22942);
  layer->set_inferred(true);
  return score;
}

TEST(FormatScore, SaysRawCeilingIntervalRuleAndLayer) {
  const std::string text = FormatScore(SomeScore(), {});
  EXPECT_THAT(text, HasSubstr("raw 0.229 [0.152, 0.327]   of ceiling 0.666 (bounds 0.372 to 0.666)   = 0.345 (r/ceiling_upper)"));
  EXPECT_THAT(text, HasSubstr("it@2 (inferred)"));
}

TEST(FormatScore, InventsNoCeiling) {
  v1::BenchmarkScore score = SomeScore();
  score.clear_ceiling();
  score.clear_normalised();
  EXPECT_THAT(FormatScore(score, {}), Not(HasSubstr("of ceiling 0")));
}

TEST(FormatLeaderboard, ScalesTheIntervalWithTheScoreAndMarksWhatHasNoCeiling) {
  v1::Leaderboard board;
  board.add_benchmarks("p.r.rsa");
  v1::LeaderboardRow* row = board.add_rows();
  row->set_model("models/net");
  row->set_rank(1);
  v1::LeaderboardCell* cell = row->add_cells();
  cell->set_raw(0.4);
  cell->set_interval_lower(0.3);
  cell->set_interval_upper(0.5);
  EXPECT_THAT(FormatLeaderboard(board), HasSubstr("0.400 ±0.100 r"));
  cell->set_ceiling(0.5);
  cell->set_normalised(0.8);
  EXPECT_THAT(FormatLeaderboard(board), HasSubstr("0.800 ±0.200"));
  EXPECT_THAT(FormatLeaderboard(board), HasSubstr("ceiling 0.500"));
  cell->set_layer_choice("best");
  EXPECT_THAT(FormatLeaderboard(board), HasSubstr("optimistic"));
}

TEST(FormatLeaderboard, SaysWhatToDoWhereThereIsNothing) {
  EXPECT_THAT(FormatLeaderboard({}), HasSubstr("ventral submit"));
}

TEST(Format, SizesTimesStatesAndNames) {
  EXPECT_EQ(ByteSize(640), "640 B");
  EXPECT_EQ(ByteSize(1536), "1.5 KiB");
  google::protobuf::Timestamp time;
  EXPECT_EQ(Time(time), "");
  time.set_seconds(1'000'000'000);
  EXPECT_EQ(Time(time), "2001-09-09 01:46:40 UTC");
  EXPECT_EQ(StateName(v1::JOB_STATE_SUCCEEDED), "succeeded");
  EXPECT_EQ(CauseName(v1::FAILURE_CAUSE_INVALID_CHECKPOINT), "invalid checkpoint");
  EXPECT_EQ(LastPart("models/a/checkpoints/b"), "b");
}

}  // namespace
}  // namespace ventral::cli
