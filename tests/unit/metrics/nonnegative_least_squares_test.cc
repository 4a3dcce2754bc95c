#include "scoring/metrics/nonnegative_least_squares.h"

#include <gtest/gtest.h>

#include "tests/unit/metrics/made_up.h"

namespace ventral {
namespace {

Eigen::VectorXd Solve(const Eigen::MatrixXd& x, const Eigen::VectorXd& y) {
  return NonnegativeLeastSquares(x.transpose() * x, x.transpose() * y);
}

TEST(NonnegativeLeastSquares, HandChecked) {
  Eigen::MatrixXd x(3, 2);
  x << 1, 0, 0, 1, 0, 0;
  EXPECT_TRUE(Solve(x, Eigen::Vector3d(2, 3, 9)).isApprox(Eigen::Vector2d(2, 3), 1e-14));
  EXPECT_EQ(Solve(x, Eigen::Vector3d(2, -3, 9)), Eigen::Vector2d(2, 0));
  EXPECT_EQ(Solve(x, Eigen::Vector3d(-2, -3, 9)), Eigen::Vector2d(0, 0));
}

// The conditions that hold of the solution and of nothing else (Kuhn & Tucker 1951): where w > 0
// the gradient is 0, where w = 0 no step up makes it better.
TEST(NonnegativeLeastSquares, MeetsTheConditionsOfAMinimum) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    const int columns = 1 + static_cast<int>(seed % 12);
    const Eigen::MatrixXd x = testing::RandomMatrix(15, columns, 2 * seed);
    const Eigen::VectorXd y =
        testing::RandomMatrix(15, 1, 2 * seed + 1).array() - (seed % 3 == 0 ? 0.3 : 0.1);
    const Eigen::VectorXd w = Solve(x, y), gradient = x.transpose() * (y - x * w);
    for (int j = 0; j < columns; ++j) {
      EXPECT_GE(w(j), 0);
      if (w(j) > 0) {
        EXPECT_NEAR(gradient(j), 0, 1e-10);
      } else {
        EXPECT_LE(gradient(j), 1e-10);
      }
    }
  }
}

TEST(NonnegativeLeastSquares, ColumnsThatAreTheSameShareWhatOneWouldHave) {
  Eigen::MatrixXd x(10, 3);
  x.col(0) = testing::RandomMatrix(10, 1, 1);
  x.col(1) = x.col(0);
  x.col(2) = testing::RandomMatrix(10, 1, 2);
  const Eigen::VectorXd y = 2 * x.col(0) + 3 * x.col(2);
  const Eigen::VectorXd w = Solve(x, y);
  EXPECT_NEAR(w(0) + w(1), 2, 1e-10);
  EXPECT_NEAR(w(2), 3, 1e-10);
  EXPECT_GE(w.minCoeff(), 0);
}

}  // namespace
}  // namespace ventral
