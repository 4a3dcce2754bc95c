#include "client/cli/format.h"

#include <gtest/gtest.h>

#include <limits>

#include "client/cli/exit_codes.h"

namespace ventral::cli {
namespace {

TEST(Number, HasThreeDecimals) {
  const std::pair<double, const char*> cases[] = {
      {0, "0.000"},        {0.4564, "0.456"}, {0.4566, "0.457"},      {1.25, "1.250"},
      {-0.3333, "-0.333"}, {-1e-9, "0.000"},  {12345.6, "12345.600"},
  };
  for (const auto& [value, text] : cases) EXPECT_EQ(Number(value), text);
  EXPECT_EQ(Number(std::numeric_limits<double>::max()).size(), 313u) << "not cut";
}

TEST(ByteSize, UsesTheLargestUnitThatFits) {
  const std::pair<std::int64_t, const char*> cases[] = {
      {0, "0 B"},
      {1023, "1023 B"},
      {1024, "1.0 KiB"},
      {1536 << 10, "1.5 MiB"},
      {5ll << 30, "5.0 GiB"},
      {3ll << 40, "3.0 TiB"},
      {5000ll << 40, "5000.0 TiB"},
  };
  for (const auto& [bytes, text] : cases) EXPECT_EQ(ByteSize(bytes), text);
}

TEST(Time, IsUtcAndNothingWhereThereIsNone) {
  google::protobuf::Timestamp time;
  EXPECT_EQ(Time(time), "");
  time.set_seconds(1'767'323'045);
  EXPECT_EQ(Time(time), "2026-01-02 03:04:05 UTC");
  time.set_seconds(std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(Time(time), "") << "a year that there is not";
}

TEST(Names, AreShortAndPrintable) {
  v1::LayerId layer;
  layer.set_path("features.12");
  EXPECT_EQ(LayerName(layer), "features.12");
  layer.set_step(2);
  EXPECT_EQ(LayerName(layer), "features.12@2");
  layer.set_path("\x1b[2J");
  EXPECT_EQ(LayerName(layer), "?[2J@2");
  EXPECT_EQ(LastPart("jobs/3f2a"), "3f2a");
  EXPECT_EQ(LastPart("3f2a"), "3f2a");
  EXPECT_EQ(LastPart(""), "");
  EXPECT_EQ(ModelOfCheckpoint("models/net/checkpoints/abc"), "net");
  EXPECT_EQ(ModelOfCheckpoint("models/"), "");
  EXPECT_EQ(ModelOfCheckpoint("other"), "other");
}

TEST(Names, OfEnumsAreThoseOfTheDocumentation) {
  EXPECT_EQ(StateName(v1::JOB_STATE_SUCCEEDED), "succeeded");
  EXPECT_EQ(CauseName(v1::FAILURE_CAUSE_INVALID_CHECKPOINT), "invalid_checkpoint");
  EXPECT_EQ(CauseName(v1::FAILURE_CAUSE_VIOLATION), "violation");
  EXPECT_EQ(StateName(static_cast<v1::JobState>(77)), "77") << "from a newer server";
}

TEST(FormatModel, LeavesOutWhatIsNotSaid) {
  v1::Model model;
  model.set_model_id("net");
  model.set_display_name("net");
  EXPECT_EQ(FormatModel(model), "net\n");
  model.set_display_name("The Net");
  model.set_learning_rule("SGD");
  EXPECT_EQ(FormatModel(model), "net   The Net\n  learning rule: SGD\n");
}

TEST(ExitCodes, TellKindsOfFailureApart) {
  const std::pair<ErrorCode, int> cases[] = {
      {ErrorCode::kUnavailable, 3}, {ErrorCode::kNotFound, 4}, {ErrorCode::kInvalidInput, 5},
      {ErrorCode::kConflict, 6},    {ErrorCode::kInternal, 7}, {ErrorCode::kResourceLimit, 7},
      {ErrorCode::kCorruptData, 7},
  };
  for (const auto& [error, code] : cases) EXPECT_EQ(ExitCodeOf(error), code);
}

}  // namespace
}  // namespace ventral::cli
