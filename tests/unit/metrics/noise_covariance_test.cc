#include "scoring/metrics/noise_covariance.h"

#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>

#include "tests/unit/metrics/made_up.h"

namespace ventral {
namespace {

// Of mean 0: four observations of two neuroids.
Eigen::MatrixXd Residuals() {
  Eigen::MatrixXd r(4, 2);
  r << 1, 2, -1, 0, 1, 0, -1, -2;
  return r;
}

TEST(NoiseCovariance, HandChecked) {
  Eigen::Matrix2d full, diagonal;
  full << 4, 4, 4, 8;
  diagonal << 4, 0, 0, 8;
  EXPECT_TRUE(NoiseCovariance(Residuals(), 2, NoiseEstimate::kFull).isApprox(full / 2, 1e-15));
  EXPECT_TRUE(
      NoiseCovariance(Residuals(), 2, NoiseEstimate::kDiagonal).isApprox(diagonal / 2, 1e-15));
}

// Ledoit & Wolf: n = 4, S = [[1, 1], [1, 2]], m = 1.5, d² = 2.5; Σ|r|⁴ = 25 + 1 + 1 + 25 = 52,
// b² = (52/4 − 7)/4 = 1.5; so 0.6·1.5·I + 0.4·S, times n/dof = 2.
TEST(NoiseCovariance, ShrinkageToTheIdentityIsHandChecked) {
  Eigen::Matrix2d expected;
  expected << 2 * (0.9 + 0.4), 2 * 0.4, 2 * 0.4, 2 * (0.9 + 0.8);
  EXPECT_TRUE(
      NoiseCovariance(Residuals(), 2, NoiseEstimate::kShrinkageEye).isApprox(expected, 1e-14));
}

TEST(NoiseCovariance, ShrinksLessTheMoreThereIsToSee) {
  double share[2];
  int which = 0;
  for (const int observations : {20, 20000}) {
    Eigen::MatrixXd r = testing::RandomMatrix(observations, 2, 4);
    r.col(1) += 0.5 * r.col(0);
    r.rowwise() -= r.colwise().mean().eval();
    const double dof = observations - 1;
    const Eigen::MatrixXd full = NoiseCovariance(r, dof, NoiseEstimate::kFull),
                          shrunk = NoiseCovariance(r, dof, NoiseEstimate::kShrinkageDiagonal);
    EXPECT_TRUE(shrunk.diagonal().isApprox(full.diagonal(), 1e-14));
    share[which++] = shrunk(0, 1) / full(0, 1);
  }
  EXPECT_GE(share[0], 0);
  EXPECT_LT(share[0], share[1]);
  EXPECT_GT(share[1], 0.99);
  EXPECT_LT(share[1], 1);
}

TEST(NoiseCovariance, OfMoreNeuroidsThanTrialsIsPositiveDefiniteWhereShrunk) {
  Eigen::MatrixXd r = testing::RandomMatrix(6, 12, 4);
  r.rowwise() -= r.colwise().mean().eval();
  for (const auto estimate : {NoiseEstimate::kShrinkageEye, NoiseEstimate::kShrinkageDiagonal}) {
    const Eigen::MatrixXd covariance = NoiseCovariance(r, 5, estimate);
    EXPECT_GT(covariance.selfadjointView<Eigen::Lower>().eigenvalues().minCoeff(), 1e-6);
  }
}

}  // namespace
}  // namespace ventral
