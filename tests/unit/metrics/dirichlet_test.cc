#include "scoring/metrics/dirichlet.h"

#include <gtest/gtest.h>

namespace ventral {
namespace {

// Mean 1/n and variance (1/n)(1 − 1/n)/(n·c + 1) of each weight.
TEST(DirichletSample, HasTheMomentsOfTheDistribution) {
  constexpr int kCount = 4, kSamples = 40'000;
  for (const double concentration : {0.1, 1.0, 5.0}) {
    Eigen::ArrayXd sum = Eigen::ArrayXd::Zero(kCount), squares = sum;
    for (std::uint64_t i = 0; i < kSamples; ++i) {
      const Eigen::VectorXd w = DirichletSample(Seed{3}, i, kCount, concentration);
      ASSERT_NEAR(w.sum(), 1, 1e-12);
      ASSERT_GE(w.minCoeff(), 0);
      sum += w.array();
      squares += w.array().square();
    }
    const Eigen::ArrayXd mean = sum / kSamples;
    const double variance = 0.25 * 0.75 / (kCount * concentration + 1);
    for (int j = 0; j < kCount; ++j) {
      EXPECT_NEAR(mean(j), 0.25, 5 * std::sqrt(variance / kSamples));
      EXPECT_NEAR(squares(j) / kSamples - mean(j) * mean(j), variance, 0.03 * variance + 1e-3);
    }
  }
}

TEST(DirichletSample, IsAFunctionOfItsArguments) {
  EXPECT_EQ(DirichletSample(Seed{1}, 7, 5, 0.1), DirichletSample(Seed{1}, 7, 5, 0.1));
  EXPECT_NE(DirichletSample(Seed{1}, 7, 5, 0.1), DirichletSample(Seed{1}, 8, 5, 0.1));
  EXPECT_NE(DirichletSample(Seed{1}, 7, 5, 0.1), DirichletSample(Seed{2}, 7, 5, 0.1));
}

// So small that a gamma variate of most is below the smallest number.
TEST(DirichletSample, OfATinyConcentrationIsStillASample) {
  for (std::uint64_t i = 0; i < 100; ++i) {
    EXPECT_NEAR(DirichletSample(Seed{1}, i, 6, 1e-4).sum(), 1, 1e-12);
  }
}

}  // namespace
}  // namespace ventral
