#include "scoring/inference/paired.h"

#include <gmock/gmock.h>

#include <cmath>
#include <random>

namespace ventral {
namespace {

constexpr IntervalRule kT{Over::kStimuli, true, 4}, kPercentile{Over::kStimuli, false, 4};
constexpr Drawable kFive{0, 5, 0};

ResampledScore Score(double value, std::vector<double> resamples) {
  return {value, {std::move(resamples), {}, {}}};
}

// Differences 1, 2, 3, 2: variance 2/3, times 5/4; t = 2/√(5/6) = 2.191 of 4 degrees of freedom, p
// = 2·(1 − scipy.stats.t.cdf(2.1909, 4)) = 0.0936.
TEST(DifferenceOf, StudentsIsHandChecked) {
  const auto difference = DifferenceOf(Score(9, {8, 9, 10, 9}), Score(7, {7, 7, 7, 7}), kT, kFive);
  ASSERT_TRUE(difference.has_value());
  EXPECT_EQ(difference->value, 2);
  EXPECT_NEAR(difference->p, 0.0936, 5e-5);
  EXPECT_NEAR(difference->interval.upper, 2 + 2.7764451051977934 * std::sqrt(5.0 / 6), 1e-9);
}

TEST(DifferenceOf, TheBootstrapsPCountsResamplesOnTheOtherSide) {
  const auto p = [](std::vector<double> differences) {
    const std::vector<double> zeros(differences.size(), 0);
    return DifferenceOf(Score(1, differences), Score(0, zeros), kPercentile, kFive)->p;
  };
  EXPECT_NEAR(p({1, 2, 3, 2, 1, 1, 1, 1, 1}), 0.2, 1e-12);   // 2·1/10
  EXPECT_NEAR(p({1, 2, 3, 2, 1, 1, 1, -1, 1}), 0.4, 1e-12);  // 2·2/10
  EXPECT_EQ(p({1, -1, 1, -1}), 1);
}

// What moves both models alike goes out: far narrower than the difference of independent scores.
TEST(DifferenceOf, IsPaired) {
  std::mt19937 random(1);
  std::normal_distribution<double> normal;
  std::vector<double> a, b;
  for (int i = 0; i < 1000; ++i) {
    const double common = normal(random);
    a.push_back(0.5 + common + 0.01 * normal(random));
    b.push_back(0.4 + common + 0.01 * normal(random));
  }
  const auto difference = DifferenceOf(Score(0.5, a), Score(0.4, b), kPercentile, kFive);
  EXPECT_GT(difference->interval.lower, 0.05);
  EXPECT_LT(difference->interval.upper, 0.15);
  EXPECT_LT(difference->p, 0.003);
  EXPECT_NEAR(DifferenceOf(Score(0.4, b), Score(0.5, a), kPercentile, kFive)->value, -0.1, 1e-12);
}

TEST(DifferenceOf, AModelDoesNotDifferFromItself) {
  const ResampledScore a = Score(3, {1, 2, 3, 4});
  EXPECT_EQ(DifferenceOf(a, a, kT, kFive)->p, 1);
  EXPECT_EQ(DifferenceOf(a, a, kPercentile, kFive)->p, 1);
  EXPECT_FALSE(DifferenceOf(a, Score(1, {}), kPercentile, kFive).has_value());
}

TEST(DifferenceOf, OfNumbersWhoseSquaresAreNoneThereIsNone) {
  EXPECT_FALSE(DifferenceOf(Score(1e308, {0, 1e200, 2e200}), Score(-1e308, {0, 0, 0}), kT, kFive)
                   .has_value());
  EXPECT_GE(
      DifferenceOf(Score(100, {100.01, 99.99, 100, 100}), Score(0, {0, 0, 0, 0}), kT, {0, 17, 0})
          ->p,
      0);
}

TEST(Tiers, OpenWithTheFirstThatIsToldApartFromTheTiersBest) {
  const std::vector<double> values = {9, 8.5, 7.9, 7.5, 6.5, 2};
  const auto apart = [&](std::size_t a, std::size_t b) { return values[a] - values[b] > 1; };
  EXPECT_THAT(Tiers(values.size(), apart), ::testing::ElementsAre(1, 1, 2, 2, 3, 4));
  EXPECT_TRUE(Tiers(0, apart).empty());
}

}  // namespace
}  // namespace ventral
