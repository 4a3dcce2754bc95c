#include <gmock/gmock.h>

#include "scoring/base/random.h"
#include "scoring/metrics/encoding_scores.h"
#include "scoring/metrics/reliability.h"
#include "scoring/metrics/ridge.h"
#include "tests/unit/metrics/made_up.h"

namespace ventral {
namespace {

using testing::GramOf;
using ::testing::HasSubstr;
using testing::RandomMatrix;

TEST(ColumnCorrelations, HandCheckedAndUndefinedForAConstant) {
  Eigen::MatrixXd a(3, 3), b(3, 3);
  a << 1, 1, 5, 2, 2, 5, 3, 3, 5;
  b << 2, 3, 1, 4, 2, 2, 6, 1, 3;
  const Eigen::VectorXd r = ColumnCorrelations(a, b);
  EXPECT_NEAR(r(0), 1, 1e-15);
  EXPECT_NEAR(r(1), -1, 1e-15);
  EXPECT_TRUE(std::isnan(r(2)));
}

TEST(MedianThenMean, HandChecked) {
  Eigen::MatrixXd r(3, 2);
  r << 0.1, 0.4, 0.2, std::numeric_limits<double>::quiet_NaN(), 0.3, 0.8;
  EXPECT_NEAR(MedianThenMean(r), (0.2 + 0.6) / 2, 1e-15);
}

// Gaussian-like noise from sums of uniforms; signal variance S, noise variance N, R repeats: ρ = S
// / (S + N/R).
TEST(SplitHalfReliability, FindsTheKnownReliability) {
  const int repeats = 8, stimuli = 2000;
  RandomStream random(Seed{6}, 0);
  const auto noise = [&] {
    double sum = 0;
    for (int i = 0; i < 12; ++i) sum += static_cast<double>(random.Below(1 << 20)) / (1 << 20);
    return sum - 6;
  };
  Recording trials;
  trials.axes = {Axis::kRepeat, Axis::kStimulus, Axis::kNeuroid};
  trials.shape = {repeats, stimuli, 1};
  std::vector<double> signal;
  for (int i = 0; i < stimuli; ++i) signal.push_back(noise());
  for (int r = 0; r < repeats; ++r) {
    for (int i = 0; i < stimuli; ++i)
      trials.values.push_back(signal[static_cast<std::size_t>(i)] + 2 * noise());
  }
  const auto reliability = SplitHalfReliability(trials, 50, Seed{1});
  ASSERT_TRUE(reliability.ok());
  EXPECT_NEAR((*reliability)(0), 1 / (1 + 4.0 / repeats), 0.03);
}

TEST(SplitHalfReliability, LeavesMissingTrialsOutAndRefusesOneRepeat) {
  Recording trials;
  trials.axes = {Axis::kRepeat, Axis::kStimulus, Axis::kNeuroid};
  trials.shape = {2, 5, 1};
  const double nan = std::numeric_limits<double>::quiet_NaN();
  trials.values = {1, 2, 3, 4, nan, 1, 2, 3, 4, 9};
  EXPECT_NEAR((*SplitHalfReliability(trials, 10, Seed{1}))(0), 1, 1e-12);
  trials.shape = {1, 10, 1};
  EXPECT_FALSE(SplitHalfReliability(trials, 10, Seed{1}).ok());
}

BenchmarkSpec RidgeSpec(Options options) {
  return {"p.n.ridge", "n", "", "ridge", std::move(options), Seed{1}};
}

TEST(Ridge, FindsALinearReadOutAndNothingInNoise) {
  const Eigen::MatrixXd x = RandomMatrix(120, 10, 1);
  const Recording neurons = testing::ResponsesOf(x * RandomMatrix(10, 20, 2));
  const std::vector<Gram> layers = {GramOf(RandomMatrix(120, 10, 99), "noise"),
                                    GramOf(x, "teacher")};
  const auto spec =
      RidgeSpec({{"bootstrap", std::int64_t{100}}, {"layer_choice", std::string("best")}});
  const auto score = RidgeMetric().Score({spec, neurons, nullptr, {}}, layers);
  ASSERT_TRUE(score.ok()) << score.error().ToString();
  EXPECT_EQ(score->layer.path, "teacher");
  EXPECT_GT(score->raw, 0.99);
  EXPECT_LT(score->layers[0].raw, 0.3);
  EXPECT_EQ(score->layers[1].per_neuroid.size(), 20u);
  EXPECT_LE(score->interval->lower, score->raw);
  EXPECT_GE(score->interval->upper, score->raw);
  EXPECT_EQ(score->layer_choice, "best");
}

// Known answer: signal variance 1 and noise variance v a trial, R trials: a model that knows the
// signal reaches r = √(1 / (1 + v/R)) with the mean of the trials.
TEST(Ridge, TheTrueModelReachesTheKnownCeilingWithinItsInterval) {
  constexpr int kStimuli = 400, kNeuroids = 40, kRepeats = 8;
  const Eigen::MatrixXd x = RandomMatrix(kStimuli, 8, 1);
  Eigen::MatrixXd signal = x * RandomMatrix(8, kNeuroids, 2);
  signal.rowwise() -= signal.colwise().mean().eval();
  signal.array().rowwise() /= signal.array().square().colwise().mean().sqrt().eval();
  const double noise = 2;
  const Recording trials = testing::TrialsOf(testing::ResponsesOf(signal), kRepeats, noise, 5);
  Eigen::MatrixXd mean = Eigen::MatrixXd::Zero(kStimuli, kNeuroids);
  for (std::size_t i = 0; i < trials.values.size(); ++i) {
    const auto cell = static_cast<Eigen::Index>(i % (kStimuli * kNeuroids));
    mean(cell / kNeuroids, cell % kNeuroids) += trials.values[i] / kRepeats;
  }
  const auto spec = RidgeSpec({{"penalties", std::vector<double>{0.001, 0.01, 0.1, 1, 10}}});
  const Recording neurons = testing::ResponsesOf(mean);
  const auto score =
      RidgeMetric().Score({spec, neurons, &trials, {}}, std::vector<Gram>{GramOf(x, "truth")});
  ASSERT_TRUE(score.ok()) << score.error().ToString();
  const double known = std::sqrt(1 / (1 + noise * noise / kRepeats));
  EXPECT_NEAR(score->ceiling->value, known, 0.01);
  EXPECT_LE(score->interval->lower, known);
  EXPECT_GE(score->interval->upper, known);
  EXPECT_NEAR(*score->normalised, score->raw / score->ceiling->value, 1e-15);
  EXPECT_EQ(score->rule, "r/sqrt(reliability)");
}

TEST(Ridge, LeavesOutAndCountsUnreliableNeuroids) {
  const Eigen::MatrixXd x = RandomMatrix(60, 6, 3), y = x * RandomMatrix(6, 5, 4);
  Recording trials = testing::TrialsOf(testing::ResponsesOf(y), 4, 0.05, 5);
  std::mt19937 random(6);
  for (std::size_t i = 0; i < trials.values.size(); ++i) {
    if (i % 5 == 3) trials.values[i] = testing::Gaussian(random);  // neuroid 3 is noise
    if (i % 5 == 4) trials.values[i] = std::numeric_limits<double>::quiet_NaN();
  }
  const auto spec = RidgeSpec({{"min_reliability", 0.6}, {"folds", std::int64_t{5}}});
  const Recording neurons = testing::ResponsesOf(y);
  const auto score =
      RidgeMetric().Score({spec, neurons, &trials, {}}, std::vector<Gram>{GramOf(x)});
  ASSERT_TRUE(score.ok()) << score.error().ToString();
  EXPECT_EQ(score->neuroids, 3);
  EXPECT_EQ(score->neuroids_left_out, 2);
}

TEST(Ridge, SaysWhenTheGridOfPenaltiesIsTooNarrow) {
  const Eigen::MatrixXd x = RandomMatrix(60, 6, 3);
  const Recording neurons = testing::ResponsesOf(x * RandomMatrix(6, 5, 4));
  const auto notes = [&](std::vector<double> penalties) {
    const auto spec = RidgeSpec({{"penalties", std::move(penalties)}, {"folds", std::int64_t{5}}});
    return RidgeMetric().Score({spec, neurons, nullptr, {}}, std::vector<Gram>{GramOf(x)})->notes;
  };
  EXPECT_THAT(notes({1, 10, 100}), ::testing::Contains(HasSubstr("5 of 5 folds: a wider grid")));
  EXPECT_THAT(notes({1}), ::testing::Not(::testing::Contains(HasSubstr("a wider grid"))));
}

TEST(Ridge, LeavesOutAndCountsNeuroidsThatNeverVary) {
  Eigen::MatrixXd y = RandomMatrix(60, 4, 2);
  y.col(2).setConstant(5);
  const auto spec = RidgeSpec({{"bootstrap", std::int64_t{0}}});
  const auto score = RidgeMetric().Score({spec, testing::ResponsesOf(y), nullptr, {}},
                                         std::vector<Gram>{GramOf(RandomMatrix(60, 6, 3))});
  ASSERT_TRUE(score.ok()) << score.error().ToString();
  EXPECT_EQ(score->neuroids, 3);
  EXPECT_EQ(score->neuroids_left_out, 1);
  EXPECT_FALSE(score->interval.has_value());
}

TEST(Ridge, ChecksItsQuestion) {
  const Recording neurons = testing::ResponsesOf(RandomMatrix(12, 3, 1));
  EXPECT_THAT(RidgeMetric().Check({RidgeSpec({}), neurons, nullptr, {}}).error().message,
              HasSubstr("need at least 30 stimuli"));
  EXPECT_THAT(RidgeMetric()
                  .Check({RidgeSpec({{"penalty", 1.0}, {"penalties", std::vector<double>{1}}}),
                          neurons,
                          nullptr,
                          {}})
                  .error()
                  .message,
              HasSubstr("exclude each other"));
  const Recording rdms = testing::RdmsOf(2, 40, 1);
  EXPECT_THAT(RidgeMetric().Check({RidgeSpec({}), rdms, nullptr, {}}).error().message,
              HasSubstr("axes stimulus, neuroid"));
}

TEST(Ridge, RefusesOptionsThatContradictByName) {
  const Recording neurons = testing::ResponsesOf(RandomMatrix(40, 3, 1));
  const std::string kfold = "kfold", each = "each_neuroid";
  const std::pair<Options, const char*> kCases[] = {
      {{{"penalty", 1.0}, {"penalty_for", each}}, "penalty_for means nothing where one penalty"},
      {{{"penalty", 1.0}, {"penalty_by", kfold}}, "penalty_by means nothing where one penalty"},
      {{{"penalty_folds", std::int64_t{4}}},
       "penalty_folds means nothing where penalty_by is leave"},
      {{{"penalty_by", kfold}, {"penalty_folds", std::int64_t{30}}},
       "30 inner folds need at least 60 training stimuli, and a fold has 36"},
      {{{"penalty_for", std::string("some")}}, "one of: all, each_neuroid"},
      {{{"pool", std::string("mean")}}, "one of: subjects, neuroids"},
      {{{"interval_over", std::string("layers")}}, "one of: neuroids, stimuli, subjects, both"}};
  for (const auto& [options, message] : kCases) {
    const BenchmarkSpec spec = RidgeSpec(options);
    const Status status = RidgeMetric().Check({spec, neurons, nullptr, {}});
    ASSERT_FALSE(status.ok()) << message;
    EXPECT_THAT(status.error().message, HasSubstr(message));
  }
  const BenchmarkSpec good = RidgeSpec({{"penalty_by", kfold}, {"penalty_for", each}});
  EXPECT_TRUE(RidgeMetric().Check({good, neurons, nullptr, {}}).ok());
}

}  // namespace
}  // namespace ventral
