#include "client/cli/score_arrays.h"

#include <gmock/gmock.h>

#include <cmath>

#include "scoring/pack/npy.h"
#include "tests/support/files.h"

namespace ventral::cli {
namespace {

using ::testing::HasSubstr;

v1::BenchmarkScore Score() {
  v1::BenchmarkScore score;
  score.set_benchmark("p.v4.ridge");
  for (const char* path : {"conv", "dead, \"layer\"", "fc"}) {
    auto* layer = score.add_layers();
    layer->mutable_layer()->set_path(path);
    if (path[0] == 'd') continue;
    layer->mutable_layer()->set_step(1);
    layer->add_per_neuroid(1.0 / 3);
    layer->add_per_neuroid(path[0] == 'c' ? -0.5 : 0.25);
  }
  return score;
}

TEST(WriteUnits, AsATableAndAsAnArray) {
  const testing::ScratchFolder scratch;
  ASSERT_TRUE(WriteUnits(Score(), Unit::kNeuroid, scratch.path() / "r.csv").ok());
  EXPECT_EQ(testing::ReadFile(scratch.path() / "r.csv"),
            "layer,step,neuroid,score\n"
            "conv,1,1,0.33333333333333331\nconv,1,2,-0.5\n"
            "fc,1,1,0.33333333333333331\nfc,1,2,0.25\n");
  ASSERT_TRUE(WriteUnits(Score(), Unit::kNeuroid, scratch.path() / "r.npy").ok());
  const auto array = ReadNpyFile(scratch.path() / "r.npy", 1 << 20, "r.npy");
  ASSERT_TRUE(array.ok()) << array.error().ToString();
  EXPECT_EQ(array->shape, (std::vector<std::int64_t>{3, 2}));
  EXPECT_EQ(array->values[0], 1.0 / 3);
  EXPECT_TRUE(std::isnan(array->values[2]));
  EXPECT_EQ(array->values[5], 0.25);
}

TEST(WriteUnits, SaysWhatCannotBeWritten) {
  const testing::ScratchFolder scratch;
  EXPECT_THAT(WriteUnits(Score(), Unit::kSubject, scratch.path() / "r.csv").error().message,
              HasSubstr("p.v4.ridge has no scores of single subjects"));
  EXPECT_THAT(WriteUnits(Score(), Unit::kNeuroid, scratch.path() / "r.mat").error().message,
              HasSubstr("ends in .csv or .npy"));
  EXPECT_FALSE(WriteUnits(Score(), Unit::kNeuroid, "/proc/nowhere/r.csv").ok());
}

}  // namespace
}  // namespace ventral::cli
