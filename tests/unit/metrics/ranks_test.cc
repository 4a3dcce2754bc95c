#include "scoring/metrics/ranks.h"

#include <gtest/gtest.h>

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
