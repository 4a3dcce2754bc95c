#include "scoring/metrics/tridiagonal.h"

#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>
#include <Eigen/LU>

#include "tests/unit/metrics/made_up.h"

namespace ventral {
namespace {

Eigen::MatrixXd Inverse(const Eigen::MatrixXd& a, double alpha) {
  return (a + alpha * Eigen::MatrixXd::Identity(a.rows(), a.rows())).inverse();
}

TEST(Tridiagonal, GivesTheInverseWithAnyPenalty) {
  for (const int n : {1, 2, 3, 40}) {
    const Eigen::MatrixXd x = testing::RandomMatrix(n, 60, 1), a = x * x.transpose();
    const auto reduced = Tridiagonal::Of(a);
    ASSERT_TRUE(reduced.ok());
    const Eigen::MatrixXd& q = reduced->q();
    EXPECT_TRUE((q * q.transpose()).isApprox(Eigen::MatrixXd::Identity(n, n), 1e-13));
    const Eigen::MatrixXd rows = testing::RandomMatrix(5, n, 2);
    for (const double alpha : {1e-3, 1.0, 1e6}) {
      const Eigen::MatrixXd plain = Inverse(a, alpha);
      EXPECT_TRUE(
          (reduced->TimesInverse(rows * q, alpha) * q.transpose()).isApprox(rows * plain, 1e-9));
      EXPECT_TRUE(reduced->InverseDiagonal(alpha).isApprox(plain.diagonal(), 1e-9));
    }
    const Eigen::VectorXd values =
        Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(a, Eigen::EigenvaluesOnly).eigenvalues();
    EXPECT_TRUE(reduced->eigenvalues().isApprox(values, 1e-10));
  }
}

// Of rank 3: what is added to the rest is the penalty, and no less than rounding.
TEST(Tridiagonal, OfLowRankStaysPositive) {
  const Eigen::MatrixXd x = testing::RandomMatrix(30, 3, 1), a = x * x.transpose();
  const auto reduced = Tridiagonal::Of(a);
  ASSERT_TRUE(reduced.ok());
  EXPECT_TRUE(reduced->InverseDiagonal(1e-6).isApprox(Inverse(a, 1e-6).diagonal(), 1e-5));
  EXPECT_EQ(reduced->Floored(1.0), 1.0);
  EXPECT_NEAR(reduced->Floored(0), 1e-13 * a.trace(), 1e-18);
  EXPECT_TRUE(reduced->InverseDiagonal(1e-300).allFinite());
  EXPECT_GT(reduced->InverseDiagonal(1e-300).minCoeff(), 0);
}

// Of every rank and size, and far from 1: what is left of such matrices is rounding.
TEST(Tridiagonal, ConvergesWhateverTheRankAndTheScale) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    const int n = 4 + static_cast<int>(seed % 50), rank = static_cast<int>(seed % 4);
    const double scale = std::pow(10.0, static_cast<int>(seed % 13) - 6);
    Eigen::MatrixXd a = Eigen::MatrixXd::Ones(n, n) * scale;
    if (rank > 0) {
      const Eigen::MatrixXd x = testing::RandomMatrix(n, rank, seed);
      a += scale * (x * x.transpose());
    }
    const auto reduced = Tridiagonal::Of(a);
    ASSERT_TRUE(reduced.ok()) << n << " " << rank << " " << scale;
    EXPECT_NEAR(reduced->eigenvalues().sum(), a.trace(), 1e-10 * a.trace());
    EXPECT_TRUE(
        reduced->InverseDiagonal(0.1 * scale).isApprox(Inverse(a, 0.1 * scale).diagonal(), 1e-8));
  }
}

}  // namespace
}  // namespace ventral
