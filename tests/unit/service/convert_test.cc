#include "server/service/convert.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

namespace ventral::service {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Every bit pattern that is a finite double, at random.
TEST(ConvertTest, KeepsDoublesThroughJson) {
  std::mt19937_64 random(7411);
  v1::BenchmarkScore score;
  auto* layer = score.add_layers();
  for (const double value :
       {0.0, 0.1, 1.0 / 3.0, 1e22, 1e23, std::numeric_limits<double>::denorm_min(),
        std::numeric_limits<double>::max(), std::numeric_limits<double>::lowest()}) {
    layer->add_per_neuroid(value);
  }
  while (layer->per_neuroid_size() < 20'000) {
    const std::uint64_t bits = random();
    double value;
    std::memcpy(&value, &bits, sizeof value);
    if (std::isfinite(value)) layer->add_per_neuroid(value);
  }
  score.set_raw(-1.0 / 3.0);
  score.set_seed(std::numeric_limits<std::uint64_t>::max());
  const auto row = ToNewScore(score, v1::Provenance());
  ASSERT_TRUE(row.ok());
  EXPECT_EQ(row->raw, -1.0 / 3.0);
  EXPECT_EQ(row->seed, std::numeric_limits<std::uint64_t>::max());
  store::ScoreRow stored;
  stored.score = *row;
  const auto back = ToProto(stored);
  ASSERT_TRUE(back.ok()) << back.error().ToString();
  EXPECT_EQ(back->result().SerializeAsString(), score.SerializeAsString());
}

// JSON's "-0" is read as an integer: the sign of a zero, which no score tells from zero, is lost.
TEST(ConvertTest, ReadsANegativeZeroAsZero) {
  v1::BenchmarkScore score;
  score.set_raw(-0.0);
  store::ScoreRow stored;
  stored.score = *ToNewScore(score, v1::Provenance());
  EXPECT_EQ(ToProto(stored)->result().raw(), 0.0);
}

TEST(ConvertTest, WritesTheNamesThatTheStoreKnows) {
  v1::BenchmarkScore score;
  score.add_layers()->add_per_subject(0.5);
  score.set_layer_choice("best");
  const auto row = ToNewScore(score, v1::Provenance());
  ASSERT_TRUE(row.ok());
  EXPECT_THAT(row->result_json, HasSubstr("\"layers\":["));
  EXPECT_THAT(row->result_json, HasSubstr("\"per_subject\":"));
  EXPECT_THAT(row->result_json, Not(HasSubstr("layerChoice")));
  EXPECT_FALSE(row->ceiling || row->normalised || row->interval_lower || row->interval_upper);
}

TEST(ConvertTest, ReadsScoresOfALaterVersionAndRefusesDamage) {
  store::ScoreRow row;
  row.id = "s1";
  row.score.result_json = R"({"benchmark": "a.b", "added_later": [1]})";
  row.score.provenance_json = "{}";
  const auto later = ToProto(row);
  ASSERT_TRUE(later.ok());
  EXPECT_EQ(later->result().benchmark(), "a.b");
  row.score.result_json = R"({"raw": "x"})";
  const auto damaged = ToProto(row);
  ASSERT_FALSE(damaged.ok());
  EXPECT_EQ(damaged.error().code, ErrorCode::kCorruptData);
  EXPECT_THAT(damaged.error().message, HasSubstr("s1"));
}

TEST(ConvertTest, MapsEveryStateAndCauseBothWays) {
  for (const auto state :
       {store::JobState::kQueued, store::JobState::kRunning, store::JobState::kSucceeded,
        store::JobState::kFailed, store::JobState::kCancelled}) {
    EXPECT_EQ(FromProto(ToProto(state)), state);
  }
  for (const auto cause :
       {FailureCause::kInvalidCheckpoint, FailureCause::kViolation, FailureCause::kOutOfMemory,
        FailureCause::kTimeout, FailureCause::kCrash, FailureCause::kInfrastructure}) {
    EXPECT_EQ(FromProto(ToProto(cause)), cause);
  }
  EXPECT_FALSE(FromProto(v1::JOB_STATE_UNSPECIFIED));
  EXPECT_FALSE(FromProto(static_cast<v1::FailureCause>(77)));
}

TEST(ConvertTest, RefusesMetadataThatIsNoObject) {
  store::ModelRow row;
  row.id = "m";
  row.metadata_json = "[1]";
  EXPECT_EQ(ToProto(row, store::Everything()).error().code, ErrorCode::kCorruptData);
}

}  // namespace
}  // namespace ventral::service
