#include "scoring/metrics/encoding_interval.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "scoring/metrics/bootstrap.h"
#include "scoring/metrics/encoding_scores.h"
#include "scoring/metrics/pls.h"
#include "scoring/metrics/ridge.h"
#include "tests/unit/metrics/made_up.h"

namespace ventral {
namespace {

using ::testing::ElementsAre;
using testing::GramOf;
using ::testing::HasSubstr;
using testing::RandomMatrix;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(Pool, HandChecked) {
  Eigen::MatrixXd r(5, 2);
  r << 0.1, 0.3, 0.2, 0.5, 0.9, 0.7, 0.4, 0.6, kNan, 0.8;
  const Pool subjects{{{0, 1, 2}, {3, 4}}, false};
  EXPECT_THAT(subjects.SubjectScores(r), ElementsAre(::testing::DoubleEq((0.2 + 0.5) / 2),
                                                     ::testing::DoubleEq((0.4 + 0.7) / 2)));
  EXPECT_DOUBLE_EQ(subjects.Score(r), (0.35 + 0.55) / 2);
  EXPECT_DOUBLE_EQ((Pool{{{0, 1, 2}, {3, 4}}, true}.Score(r)), (0.3 + 0.6) / 2);
}

// Each drawn stimulus written out as often as it was drawn.
TEST(WeightedCorrelations, EqualCorrelationsOfRepeatedRows) {
  FoldPrediction fold{RandomMatrix(9, 4, 1), RandomMatrix(9, 4, 2)};
  fold.predicted.col(3).setConstant(0.1);
  Eigen::MatrixXd counts(4, 9);
  for (int i = 0; i < 3; ++i)
    counts.row(i) = ResampleCounts(Seed{1}, static_cast<std::uint64_t>(i), 9);
  counts.row(3) << 4, 5, 0, 0, 0, 0, 0, 0, 0;
  const Eigen::MatrixXd r = WeightedCorrelations(fold, counts);
  for (int i = 0; i < 3; ++i) {
    std::vector<int> rows;
    for (int row = 0; row < 9; ++row)
      rows.insert(rows.end(), static_cast<std::size_t>(counts(i, row)), row);
    const Eigen::VectorXd plain =
        ColumnCorrelations(fold.predicted(rows, Eigen::all), fold.recorded(rows, Eigen::all));
    for (int c = 0; c < 3; ++c) EXPECT_NEAR(r(i, c), plain(c), 1e-12);
    EXPECT_TRUE(std::isnan(r(i, 3)));
  }
  EXPECT_TRUE(r.row(3).array().isNaN().all());
}

TEST(EncodingInterval, IsTheSameWhateverTheThreadsAndNarrowsWithStimuli) {
  const Pool pool{{{0, 1, 2, 3, 4}}, false};
  double width[2];
  int which = 0;
  for (const int stimuli : {60, 960}) {
    const auto folds = ShuffledFolds(stimuli, 3, Seed{1});
    const Eigen::MatrixXd y = RandomMatrix(stimuli, 5, 3), noisy = y + RandomMatrix(stimuli, 5, 4);
    std::vector<FoldPrediction> predictions;
    for (const Fold& fold : folds) {
      predictions.push_back({noisy(fold.test, Eigen::all), y(fold.test, Eigen::all)});
    }
    const IntervalRule rule{Over::kStimuli, false, 300};
    const EncodingFit fit{RandomMatrix(5, 3, 1), predictions};
    const auto one = EncodingInterval(0, fit, folds, stimuli, pool, rule, Seed{2}, 1).interval;
    const auto four = EncodingInterval(0, fit, folds, stimuli, pool, rule, Seed{2}, 4).interval;
    ASSERT_TRUE(one && four);
    EXPECT_EQ(one->lower, four->lower);
    EXPECT_EQ(one->upper, four->upper);
    EXPECT_EQ(one->method, "bootstrap_stimuli_percentile");
    EXPECT_EQ(one->resamples, 300);
    width[which++] = one->upper - one->lower;
  }
  // Sixteen times the stimuli: about a quarter of the width, but for the luck of one recording.
  EXPECT_GT(width[0] / width[1], 2.5);
  EXPECT_LT(width[0] / width[1], 8);
}

TEST(EncodingInterval, SpansTheSubjects) {
  Eigen::MatrixXd r(4, 1);
  r << 0.1, 0.3, 0.5, 0.9;
  const Pool pool{{{0}, {1}, {2}, {3}}, false};
  const auto over_subjects = [&](bool t) {
    return EncodingInterval(0.45, {r, {}}, {}, 9, pool, {Over::kSubjects, t, 4000}, Seed{1}, 1)
        .interval;
  };
  const auto interval = over_subjects(false);
  ASSERT_TRUE(interval);
  // Student's, of four subjects: the standard error is that of the sample, 0.1708.
  EXPECT_NEAR(over_subjects(true)->upper, 0.45 + 3.182 * 0.1708, 0.02);
  // The standard error of the mean of four is 0.148.
  EXPECT_NEAR(interval->lower, 0.45 - 1.96 * 0.148, 0.06);
  EXPECT_NEAR(interval->upper, 0.45 + 1.96 * 0.148, 0.06);
}

// Stimuli alone, subjects alone, and both: the same draws, put together by hand.
TEST(ResampleEncoding, OfBothDrawsStimuliAndSubjects) {
  const Pool pool{{{0, 1, 2}, {3, 4}}, false};
  const auto folds = ShuffledFolds(40, 2, Seed{1});
  const Eigen::MatrixXd y = RandomMatrix(40, 5, 3), noisy = y + RandomMatrix(40, 5, 4);
  EncodingFit fit{Eigen::MatrixXd(5, 2), {}};
  for (int f = 0; f < 2; ++f) {
    const auto& test = folds[static_cast<std::size_t>(f)].test;
    fit.predictions.push_back({noisy(test, Eigen::all), y(test, Eigen::all)});
    fit.r.col(f) =
        ColumnCorrelations(fit.predictions.back().predicted, fit.predictions.back().recorded);
  }
  const Resampled made =
      ResampleEncoding(fit, folds, 40, pool, {Over::kBoth, true, 20}, Seed{2}, 1);
  for (int i = 0; i < 20; ++i) {
    const Eigen::VectorXd subjects = SubjectCounts(Seed{2}, static_cast<std::uint64_t>(i), 2);
    const Eigen::VectorXd counts = ResampleCounts(Seed{2}, static_cast<std::uint64_t>(i), 40);
    Eigen::MatrixXd r(5, 2);
    for (std::size_t f = 0; f < 2; ++f) {
      r.col(static_cast<Eigen::Index>(f)) =
          WeightedCorrelations(fit.predictions[f], counts(folds[f].test).transpose()).transpose();
    }
    const auto mean = [&](const Eigen::MatrixXd& of) {
      const std::vector<double> scores = pool.SubjectScores(of);
      return (scores[0] * subjects(0) + scores[1] * subjects(1)) / 2;
    };
    EXPECT_NEAR(made.one(0, i), pool.Score(r), 1e-14);
    EXPECT_NEAR(made.subjects(0, i), mean(fit.r), 1e-14);
    EXPECT_NEAR(made.both(0, i), mean(r), 1e-14);
  }
}

Recording TwoSubjects(const Eigen::MatrixXd& first, const Eigen::MatrixXd& second) {
  Recording both = testing::ResponsesOf(first);
  const Recording other = testing::ResponsesOf(second);
  both.values.insert(both.values.end(), other.values.begin(), other.values.end());
  both.axes.insert(both.axes.begin(), Axis::kSubject);
  both.shape.insert(both.shape.begin(), 2);
  return both;
}

TEST(Subjects, AreFittedAloneAndPooled) {
  const Eigen::MatrixXd x = RandomMatrix(60, 90, 1);
  const Eigen::MatrixXd a = x * RandomMatrix(90, 4, 2) + 2 * RandomMatrix(60, 4, 9);
  Eigen::MatrixXd b = x * RandomMatrix(90, 4, 3) + 20 * RandomMatrix(60, 4, 4);
  b.col(3).setZero();  // this subject has three
  const std::vector<Gram> layers = {GramOf(x)};
  for (const Metric* metric : {&RidgeMetric(), &PlsMetric()}) {
    Options options = {{"folds", std::int64_t{5}}};
    const std::string name(metric->name());
    const auto score = [&](const Recording& recording, const Options& with) {
      const BenchmarkSpec spec{"p.n.m", "n", "", name, with, Seed{1}};
      auto made = metric->Score({spec, recording, nullptr, {}}, layers);
      EXPECT_TRUE(made.ok()) << made.error().ToString();
      return *made;
    };
    const auto both = score(TwoSubjects(a, b), options);
    const auto first = score(testing::ResponsesOf(a), options);
    const auto second = score(testing::ResponsesOf(b.leftCols(3)), options);
    EXPECT_THAT(both.layers[0].per_subject, ElementsAre(first.raw, second.raw)) << name;
    EXPECT_DOUBLE_EQ(both.raw, (first.raw + second.raw) / 2);
    EXPECT_EQ(both.neuroids, 7);
    EXPECT_EQ(both.neuroids_left_out, 1);
    EXPECT_EQ(both.layers[0].per_neuroid.size(), 7u);
    EXPECT_TRUE(first.layers[0].per_subject.empty());
    options["pool"] = std::string("neuroids");
    const auto pooled = score(TwoSubjects(a, b), options);
    EXPECT_THAT(pooled.layers[0].per_subject, ElementsAre(first.raw, second.raw)) << name;
    EXPECT_NE(pooled.raw, both.raw);
    options["interval_over"] = std::string("subjects");
    EXPECT_EQ(score(TwoSubjects(a, b), options).interval->method, "bootstrap_subjects_t");
    options["interval_over"] = std::string("stimuli");
    const auto stimuli = score(TwoSubjects(a, b), options);
    EXPECT_EQ(stimuli.interval->method, "bootstrap_stimuli_t");
    EXPECT_LT(stimuli.interval->lower, stimuli.raw);
    EXPECT_GT(stimuli.interval->upper, stimuli.raw);
  }
}

TEST(Subjects, OfOneThereIsNoIntervalOverSubjects) {
  const BenchmarkSpec spec{"p.n.m", "n", "", "ridge", {{"interval_over", std::string("subjects")}},
                           Seed{1}};
  const Recording neurons = testing::ResponsesOf(RandomMatrix(40, 3, 1));
  EXPECT_THAT(RidgeMetric().Check({spec, neurons, nullptr, {}}).error().message,
              HasSubstr("needs two at least with reliable neuroids, recording neurons has 1"));
}

TEST(Subjects, WithoutAReliableNeuroidAreLeftOutAndNamed) {
  const Eigen::MatrixXd x = RandomMatrix(60, 9, 1), a = x * RandomMatrix(9, 4, 2);
  const Recording recording = TwoSubjects(a, Eigen::MatrixXd::Zero(60, 4));
  const BenchmarkSpec spec{"p.n.m", "n", "", "ridge", {{"folds", std::int64_t{5}}}, Seed{1}};
  const auto score =
      RidgeMetric().Score({spec, recording, nullptr, {}}, std::vector<Gram>{GramOf(x)});
  ASSERT_TRUE(score.ok()) << score.error().ToString();
  EXPECT_THAT(score->notes, ::testing::Contains(HasSubstr("1 of 2 subjects are left out")));
}

TEST(Subjects, EachHasItsOwnTrials) {
  const Eigen::MatrixXd x = RandomMatrix(60, 9, 1), a = x * RandomMatrix(9, 4, 2),
                        b = x * RandomMatrix(9, 4, 3);
  const Recording both = TwoSubjects(a, b);
  const Recording of_a = testing::TrialsOf(testing::ResponsesOf(a), 4, 0.3, 1),
                  of_b = testing::TrialsOf(testing::ResponsesOf(b), 4, 0.6, 2);
  Recording trials = of_a;
  trials.values.insert(trials.values.end(), of_b.values.begin(), of_b.values.end());
  trials.axes.insert(trials.axes.begin(), Axis::kSubject);
  trials.shape.insert(trials.shape.begin(), 2);
  const auto ceiling = [&](const Recording& recording, const Recording& repeats) {
    const BenchmarkSpec spec{"p.n.m", "n", "t", "ridge", {{"folds", std::int64_t{5}}}, Seed{1}};
    const auto score =
        RidgeMetric().Score({spec, recording, &repeats, {}}, std::vector<Gram>{GramOf(x)});
    EXPECT_TRUE(score.ok()) << score.error().ToString();
    return score.ok() ? score->ceiling->value : 0;
  };
  EXPECT_DOUBLE_EQ(
      ceiling(both, trials),
      (ceiling(testing::ResponsesOf(a), of_a) + ceiling(testing::ResponsesOf(b), of_b)) / 2);
}

}  // namespace
}  // namespace ventral
