// Scores by the nearest unit.
#include "scoring/metrics/nearest_unit.h"

#include <gmock/gmock.h>

#include <cmath>

#include "scoring/metrics/encoding.h"
#include "tests/unit/metrics/made_up.h"

namespace ventral {
namespace {

using ::testing::HasSubstr;
using testing::RandomMatrix;

BenchmarkSpec UnitSpec(Options options = {}) {
  options.try_emplace("bootstrap", std::int64_t{50});
  options.try_emplace("folds", std::int64_t{5});
  return {"p.r.nearest", "r", "", "nearest_unit", std::move(options), Seed{3}};
}

Result<BenchmarkScore> ScoreUnits(const BenchmarkSpec& spec, const Recording& recording,
                                  const std::vector<Eigen::MatrixXf>& layers,
                                  const Recording* trials = nullptr) {
  const std::map<std::string, std::string> none;
  const Question question{spec, recording, trials, none};
  VENTRAL_RETURN_IF_ERROR(NearestUnitMetric().Check(question));
  std::vector<Gram> grams;
  const std::vector<ComingLayer> coming(layers.size());
  VENTRAL_ASSIGN_OR_RETURN(const auto reading,
                           NearestUnitMetric().ReadFeatures(question, coming, Bytes{1 << 24}));
  for (std::size_t l = 0; l < layers.size(); ++l) {
    grams.push_back(testing::GramOf(layers[l].cast<double>(), std::string(1, "abc"[l])));
    reading->Take(l, 0, layers[l]);
  }
  return reading->Score(question, grams);
}

// Units that neurons are noisy copies of, among others.
struct Taught {
  Eigen::MatrixXf units = RandomMatrix(60, 40, 1).cast<float>();
  Eigen::MatrixXd responses;
  Recording recording;
  Taught() {
    responses = units(Eigen::all, std::vector<int>{3, 17, 30}).cast<double>() +
                0.05 * RandomMatrix(60, 3, 2);
    recording = testing::ResponsesOf(responses);
  }
};

TEST(NearestUnit, FindsTheUnitsThatNeuronsAreCopiesOf) {
  const Taught taught;
  const auto score = ScoreUnits(UnitSpec(), taught.recording,
                                {RandomMatrix(60, 40, 9).cast<float>(), taught.units});
  ASSERT_TRUE(score.ok()) << score.error().ToString();
  EXPECT_EQ(score->layer.path, "b");
  EXPECT_GT(score->raw, 0.95);
  EXPECT_LT(score->layers[0].raw, 0.6);
  EXPECT_EQ(score->layers[1].per_neuroid.size(), 3u);
  EXPECT_EQ(score->rule, "r");
  EXPECT_TRUE(score->interval.has_value());
}

// The whole score from the formula: r of the best unit, median over neuroids, mean over folds.
TEST(NearestUnit, EqualsItsDefinition) {
  const Eigen::MatrixXd responses = RandomMatrix(50, 4, 20);
  const Eigen::MatrixXf units = RandomMatrix(50, 33, 21).cast<float>();
  const Recording recording = testing::ResponsesOf(responses);
  const BenchmarkSpec spec = UnitSpec();
  const auto score = ScoreUnits(spec, recording, {units});
  ASSERT_TRUE(score.ok()) << score.error().ToString();
  OptionReader reader(spec.options);
  const EncodingOptions options = ReadEncodingOptions(reader).value();
  const std::map<std::string, std::string> none;
  const auto folds = EncodingFolds({spec, recording, nullptr, none}, options).value();
  const auto r = [](Eigen::VectorXd a, Eigen::VectorXd b) {
    a.array() -= a.mean();
    b.array() -= b.mean();
    return a.dot(b) / (a.norm() * b.norm());
  };
  double sum = 0;
  for (const Fold& fold : folds) {
    std::vector<double> held_out;
    for (Eigen::Index n = 0; n < 4; ++n) {
      Eigen::Index best = 0;
      double most = -2;
      for (Eigen::Index u = 0; u < units.cols(); ++u) {
        const Eigen::VectorXd unit = units.col(u).cast<double>();
        const double one = r(unit(fold.train), responses.col(n)(fold.train));
        if (one > most) {
          most = one;
          best = u;
        }
      }
      const Eigen::VectorXd unit = units.col(best).cast<double>();
      held_out.push_back(r(unit(fold.test), responses.col(n)(fold.test)));
    }
    std::sort(held_out.begin(), held_out.end());
    sum += (held_out[1] + held_out[2]) / 2;
  }
  EXPECT_NEAR(score->raw, sum / static_cast<double>(folds.size()), 1e-12);
}

TEST(NearestUnit, IsNormalisedByTheReliability) {
  const Taught taught;
  const Recording trials = testing::TrialsOf(taught.recording, 6, 0.3, 5);
  const auto score = ScoreUnits(UnitSpec(), taught.recording, {taught.units}, &trials);
  ASSERT_TRUE(score.ok()) << score.error().ToString();
  EXPECT_EQ(score->rule, "r/sqrt(reliability)");
  ASSERT_TRUE(score->ceiling && score->normalised);
  EXPECT_DOUBLE_EQ(*score->normalised, score->raw / score->ceiling->value);
}

// Stimuli are drawn from what the chosen units said of them, also where the layer is chosen.
TEST(NearestUnit, HasAnIntervalOverStimuli) {
  const Taught taught;
  for (const char* choice : {"best", "cross_validated"}) {
    const auto score =
        ScoreUnits(UnitSpec({{"interval_over", std::string("stimuli")},
                             {"layer_choice", std::string(choice)}}),
                   taught.recording, {RandomMatrix(60, 40, 9).cast<float>(), taught.units});
    ASSERT_TRUE(score.ok()) << score.error().ToString();
    ASSERT_TRUE(score->interval.has_value());
    EXPECT_LT(score->interval->lower, score->raw);
    EXPECT_GT(score->interval->upper, score->raw);
    EXPECT_LT(score->interval->upper - score->interval->lower, 0.2);
  }
}

// Seen data must not choose: with a fold's held-out responses changed, its choice is the same.
TEST(NearestUnit, TheChoiceNeverSeesHeldOutResponses) {
  const Taught taught;
  const BenchmarkSpec spec = UnitSpec({{"split", std::string("column")},
                                       {"split_column", std::string("set")},
                                       {"layer_choice", std::string("best")}});
  const_cast<Options&>(spec.options).erase("folds");
  StimulusColumns columns;
  for (int i = 0; i < 60; ++i) columns["set"].push_back(i < 40 ? "train" : "test");
  const std::map<std::string, std::string> none;
  const auto raw = [&](const Eigen::MatrixXd& responses) {
    const Recording recording = testing::ResponsesOf(responses);
    const Question question{spec, recording, nullptr, none, &columns};
    const std::vector<ComingLayer> coming(1);
    const auto reading = NearestUnitMetric().ReadFeatures(question, coming, Bytes{1 << 24}).value();
    reading->Take(0, 0, taught.units);
    return reading
        ->Score(question, std::vector<Gram>{testing::GramOf(taught.units.cast<double>(), "a")})
        .value()
        .raw;
  };
  EXPECT_GT(raw(taught.responses), 0.95);
  Eigen::MatrixXd inverted = taught.responses;
  inverted.bottomRows(20) *= -1;
  EXPECT_LT(raw(inverted), -0.95);
}

TEST(NearestUnit, RefusesWhatItDoesNotHave) {
  const Taught taught;
  EXPECT_THAT(
      ScoreUnits(UnitSpec({{"penalty", 1.0}}), taught.recording, {taught.units}).error().message,
      HasSubstr("penalty"));
  EXPECT_THAT(ScoreUnits(UnitSpec({{"layer_choice", std::string("banded")}}), taught.recording,
                         {taught.units})
                  .error()
                  .message,
              HasSubstr("layer_choice"));
}

}  // namespace
}  // namespace ventral
