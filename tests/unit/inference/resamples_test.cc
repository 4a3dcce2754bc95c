#include "scoring/inference/resamples.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace ventral {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(PercentileInterval, FollowsNumpysLinearRuleAndLeavesNaNOut) {
  std::vector<double> values;
  for (int i = 0; i <= 100; ++i) values.push_back(i);
  values.push_back(std::numeric_limits<double>::quiet_NaN());
  const Interval interval = PercentileInterval(values, 0.95, "m");
  EXPECT_NEAR(interval.lower, 2.5, 1e-12);
  EXPECT_NEAR(interval.upper, 97.5, 1e-12);
  EXPECT_EQ(interval.resamples, 101);
}

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

// Variance 2.5, times 5/4; t of 4 degrees of freedom 2.776.
TEST(IntervalOf, StudentsIsHandChecked) {
  const auto interval =
      IntervalOf(7, {{1, 2, 3, 4, 5}, {}, {}}, {Over::kSubjects, true, 5}, {0, 100, 5});
  ASSERT_TRUE(interval.has_value());
  EXPECT_NEAR(interval->upper, 7 + 2.7764451051977987 * std::sqrt(3.125), 1e-9);
  EXPECT_NEAR(interval->lower, 7 - 2.7764451051977987 * std::sqrt(3.125), 1e-9);
  EXPECT_EQ(interval->method, "bootstrap_subjects_t");
  EXPECT_EQ(interval->resamples, 5);
}

// Where nearly all the variance is the stimuli's, so are the degrees of freedom; where both have as
// much, (2v)²/(v²/9 + v²/3) = 9; never fewer than the fewer have.
TEST(ErrorOf, BothHasTheDegreesOfFreedomOfWhatVaries) {
  const auto dof = [](double stimuli, double subjects) {
    const double s = std::sqrt(stimuli * 9 / 10), r = std::sqrt(subjects * 3 / 4);
    return ErrorOf({{s, -s}, {r, -r}, {s + r, -s - r}}, {Over::kBoth, true, 2}, {0, 10, 4})->dof;
  };
  EXPECT_EQ(dof(1, 1), 9);
  EXPECT_EQ(dof(1, 1e-9), 9);
  EXPECT_EQ(dof(1e-9, 1), 3);
  EXPECT_EQ(dof(0, 0), 3);
}

// Of two subjects half the draws are one alone, which has no lower bound: the others are all alike.
TEST(IntervalOf, ThereIsNoneWhereManyResamplesHaveNoScore) {
  std::vector<double> values(100, 1.0);
  for (std::size_t i = 0; i < 5; ++i) values[20 * i] = kNaN;
  for (const bool t : {false, true}) {
    EXPECT_TRUE(IntervalOf(1, {values, {}, {}}, {Over::kSubjects, t, 100}, {0, 9, 5}).has_value());
  }
  values[1] = kNaN;
  for (const bool t : {false, true}) {
    EXPECT_FALSE(IntervalOf(1, {values, {}, {}}, {Over::kSubjects, t, 100}, {0, 9, 5}).has_value());
  }
}

TEST(IntervalOf, ThereIsNoneOfOneValueOrOneThing) {
  const IntervalRule t{Over::kSubjects, true, 3}, percentile{Over::kSubjects, false, 3};
  EXPECT_FALSE(IntervalOf(1, {{kNaN, 1, kNaN}, {}, {}}, t, {0, 9, 5}).has_value());
  EXPECT_FALSE(IntervalOf(1, {{kNaN, 1, kNaN}, {}, {}}, percentile, {0, 9, 5}).has_value());
  EXPECT_FALSE(IntervalOf(1, {{1, 2, 3}, {}, {}}, t, {0, 9, 1}).has_value());
}

TEST(MethodName, IsReadBack) {
  for (const Over over : {Over::kNeuroids, Over::kStimuli, Over::kSubjects, Over::kBoth}) {
    for (const bool t : {false, true}) {
      const auto rule = RuleNamed(MethodName({over, t, 7}), 9);
      ASSERT_TRUE(rule.has_value());
      EXPECT_EQ(rule->over, over);
      EXPECT_EQ(rule->t, t);
      EXPECT_EQ(rule->resamples, 9);
    }
  }
  EXPECT_FALSE(RuleNamed("jackknife", 9).has_value());
}

}  // namespace
}  // namespace ventral
