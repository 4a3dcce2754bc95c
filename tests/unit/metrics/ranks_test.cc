#include "scoring/metrics/ranks.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/metrics/made_up.h"

namespace ventral {
namespace {

TEST(Ranks, TiesShareTheirMean) {
  Eigen::VectorXd values(5), expected(5);
  values << 3, 1, 3, 2, 3;
  expected << 4, 1, 4, 2, 4;
  EXPECT_EQ(AverageRanks(values), expected);
}

TEST(Ranks, WeightsStandForCopies) {
  Eigen::VectorXd values(3), weights(3), expected(3);
  values << 10, 20, 20;
  weights << 2, 1, 2;  // stands for 10 10 20 20 20
  expected << 1.5, 4, 4;
  EXPECT_EQ(WeightedRanks(OrderItems(values), weights), expected);
}

TEST(OrderHalves, EqualsOrderItems) {
  for (const double scale : {3.0, 40.0, 1e6}) {  // by counting, and where that would be wasteful
    const Eigen::VectorXd values =
        ((2 * scale * (testing::RandomMatrix(50, 1, 3).array() + 0.3)).round() / 2).matrix();
    const OrderedItems counted = OrderHalves(values), sorted = OrderItems(values);
    EXPECT_EQ(counted.ends, sorted.ends);
    EXPECT_EQ(counted.runs, sorted.runs);
    for (std::size_t i = 0; i < 50; ++i) {
      EXPECT_EQ(values(counted.order[i]), values(sorted.order[i]));
    }
  }
  EXPECT_TRUE(OrderHalves(Eigen::VectorXd()).order.empty());
}

TEST(OrderWithin, EqualsOrderingTheSamplesPairs) {
  const Eigen::VectorXd upper = (5 * testing::RandomMatrix(28, 1, 3).array()).round().matrix();
  Eigen::VectorXd counts(8);
  counts << 2, 0, 1, 1, 0, 3, 1, 0;
  const StimulusSample sample(counts);
  ASSERT_EQ(sample.weights().size(), 10);
  const OrderedItems within = OrderWithin(OrderItems(upper), sample),
                     anew = OrderItems(sample.Take(upper));
  EXPECT_EQ(within.ends, anew.ends);
  EXPECT_EQ(within.runs, anew.runs);
  EXPECT_EQ(WeightedRanks(within, sample.weights()), WeightedRanks(anew, sample.weights()));
}

TEST(StimulusSample, HasThePairsOfDifferentStimuliAsOftenAsTheyMeet) {
  Eigen::VectorXd counts(4), weights(3);
  counts << 2, 0, 1, 3;
  weights << 2, 6, 3;
  const StimulusSample sample(counts);  // of the pairs 01 02 03 12 13 23
  EXPECT_EQ(sample.pairs(), (std::vector<int>{1, 2, 5}));
  EXPECT_EQ(sample.places(), (std::vector<int>{-1, 0, 1, -1, -1, 2}));
  EXPECT_EQ(sample.weights(), weights);
  EXPECT_EQ(sample.total(), 11);
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
