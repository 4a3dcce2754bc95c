#include "scoring/metrics/resampled.h"

#include <gmock/gmock.h>

#include "scoring/metrics/bootstrap.h"

namespace ventral {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// By hand: a = 10/9, b = 4/3: a·2 + b·3 − a·b·(6 − 2 − 3) = 4.7407…
TEST(DualVariance, HandChecked) {
  const Drawable ten_and_four{0, 10, 4};
  EXPECT_NEAR(DualVariance(2, 3, 6, ten_and_four), 20.0 / 9 + 4 - 40.0 / 27, 1e-12);
}

TEST(DualVariance, IsBetweenThoseOfOneFactorAndThatOfBoth) {
  const Drawable ten_and_four{0, 10, 4};
  EXPECT_NEAR(DualVariance(2, 3, 9, ten_and_four), 4, 1e-12);  // by the formula 0.30
  EXPECT_NEAR(DualVariance(2, 3, 5.5, ten_and_four), 5.4814814814814815, 1e-12);
  EXPECT_NEAR(DualVariance(2, 3, 5, ten_and_four), 5, 1e-12);  // by the formula 6.22
}

// Noise of single measurements alone: its variance is counted once, not three times.
TEST(DualVariance, CountsTheNoiseOfMeasurementsOnce) {
  const Drawable many{0, 1000, 1000};
  EXPECT_NEAR(DualVariance(1, 1, 3, many), 1, 0.01);
}

Resampled OneRow(std::initializer_list<double> values) {
  Resampled resampled;
  resampled.one.resize(1, static_cast<Eigen::Index>(values.size()));
  std::copy(values.begin(), values.end(), resampled.one.data());
  return resampled;
}

// Variance 2.5, times 5/4; t of 4 degrees of freedom 2.776.
TEST(IntervalOf, StudentsIsHandChecked) {
  const auto interval =
      IntervalOf(7, OneRow({1, 2, 3, kNaN, 4, 5}), 0, {Over::kSubjects, true, 6}, {0, 100, 5});
  ASSERT_TRUE(interval.has_value());
  EXPECT_NEAR(interval->upper, 7 + 2.7764451051977987 * std::sqrt(3.125), 1e-9);
  EXPECT_NEAR(interval->lower, 7 - 2.7764451051977987 * std::sqrt(3.125), 1e-9);
  EXPECT_EQ(interval->method, "bootstrap_subjects_t");
  EXPECT_EQ(interval->resamples, 5);
}

TEST(IntervalOf, ThereIsNoneOfOneValueOrOneThing) {
  const IntervalRule t{Over::kSubjects, true, 3}, percentile{Over::kSubjects, false, 3};
  EXPECT_FALSE(IntervalOf(1, OneRow({kNaN, 1, kNaN}), 0, t, {0, 9, 5}).has_value());
  EXPECT_FALSE(IntervalOf(1, OneRow({kNaN, 1, kNaN}), 0, percentile, {0, 9, 5}).has_value());
  EXPECT_FALSE(IntervalOf(1, OneRow({1, 2, 3}), 0, t, {0, 9, 1}).has_value());
}

TEST(Bootstrap, DrawsStimuliAndSubjectsOfOneAnotherIndependently) {
  const OfStimuli statistic = [](const Eigen::VectorXd& stimuli) -> OfSubjects {
    return [stimuli](const Eigen::VectorXd& subjects) -> Eigen::VectorXd {
      return Eigen::Vector2d(stimuli(0), subjects(0));
    };
  };
  const Resampled made = Bootstrap(statistic, 2, {0, 6, 6}, {Over::kBoth, true, 4000}, Seed{3}, 2);
  EXPECT_TRUE(made.one.row(1).isOnes(0));
  EXPECT_TRUE(made.subjects.row(0).isOnes(0));
  EXPECT_EQ(made.both.row(0), made.one.row(0));
  EXPECT_EQ(made.both.row(1), made.subjects.row(1));
  const Eigen::ArrayXXd centred = made.both.array() - 1;
  const double r = (centred.row(0) * centred.row(1)).mean() /
                   std::sqrt(centred.row(0).square().mean() * centred.row(1).square().mean());
  EXPECT_LT(std::abs(r), 0.06);  // four standard errors
  EXPECT_NEAR(centred.row(1).square().mean(), 5.0 / 6, 0.06);
}

TEST(IntervalRule, PercentilesOfBothAreRefused) {
  const Options options = {{"interval_over", std::string("both")},
                           {"interval", std::string("percentile")}};
  OptionReader reader(options);
  const auto rule = ReadIntervalRule(reader, {"stimuli", "both"});
  ASSERT_FALSE(rule.ok());
  EXPECT_THAT(rule.error().message, ::testing::HasSubstr("use t"));
}

}  // namespace
}  // namespace ventral
