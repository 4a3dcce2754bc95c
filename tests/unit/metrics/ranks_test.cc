#include "scoring/metrics/ranks.h"

#include <gtest/gtest.h>

#include <cmath>

namespace ventral {
namespace {

TEST(Ranks, TiesShareTheirMean) {
  Eigen::VectorXd values(5), expected(5);
  values << 3, 1, 3, 2, 3;
  expected << 4, 1, 4, 2, 4;
  EXPECT_EQ(AverageRanks(values), expected);
}

TEST(Ranks, WeightsStandForCopies) {
  Eigen::VectorXd values(4), weights(4), ranks;
  values << 10, 20, 20, 30;
  weights << 2, 1, 2, 0;  // stands for 10 10 20 20 20
  SortedValues(values).WeightedRanks(weights, ranks);
  EXPECT_EQ(ranks(0), 1.5);
  EXPECT_EQ(ranks(1), 4);
  EXPECT_EQ(ranks(2), 4);
}

TEST(Ranks, ProjectingEqualsRankingStandardisingAndMultiplying) {
  Eigen::VectorXd values(6), weights(6), target(6), ranks;
  values << 3, 1, 3, 2, 9, 5;
  weights << 2, 1, 1, 0, 3, 4;
  target << 0.3, -2, 1, 7, 0.1, 0.5;
  Standardise(weights, target);
  std::vector<SortedValues::Pair> pairs;
  for (int k = 0; k < 6; ++k) pairs.push_back({weights(k), weights(k) * target(k)});
  SortedValues(values).WeightedRanks(weights, ranks);
  Standardise(weights, ranks);
  EXPECT_NEAR(SortedValues(values).ProjectRanks(pairs, weights.sum()),
              (weights.array() * ranks.array() * target.array()).sum(), 1e-14);
  EXPECT_TRUE(
      std::isnan(SortedValues(Eigen::VectorXd::Ones(6)).ProjectRanks(pairs, weights.sum())));
}

TEST(Standardise, HasWeightedMeanZeroAndNormOneAndLeavesAConstantAtZero) {
  Eigen::VectorXd weights(3), x(3), constant = Eigen::VectorXd::Constant(3, 7);
  weights << 1, 2, 0;
  x << 4, 1, 100;
  Standardise(weights, x);
  EXPECT_NEAR(weights.dot(x), 0, 1e-14);
  EXPECT_NEAR((weights.array() * x.array().square()).sum(), 1, 1e-14);
  Standardise(weights, constant);
  EXPECT_TRUE(constant.isZero(0));
}

}  // namespace
}  // namespace ventral
