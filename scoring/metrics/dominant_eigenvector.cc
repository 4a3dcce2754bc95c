#include "scoring/metrics/dominant_eigenvector.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

namespace ventral {
namespace {

constexpr double kResidual = 1e-13;
constexpr Eigen::Index kStepsBetweenLooks = 6;

// Of no symmetry that a matrix could share, so that it has a part along any eigenvector.
Eigen::VectorXd Start(Eigen::Index n) {
  Eigen::VectorXd start(n);
  constexpr double kGolden = 0.6180339887498949;
  for (Eigen::Index i = 0; i < n; ++i) {
    const double turn = kGolden * static_cast<double>(i + 1);
    start(i) = turn - std::floor(turn) - 0.4;
  }
  return start.normalized();
}

}  // namespace

Eigen::VectorXd DominantEigenvector(const Eigen::MatrixXd& matrix) {
  const Eigen::Index n = matrix.rows();
  Eigen::MatrixXd basis(n, std::min<Eigen::Index>(n, 32));  // orthonormal, grows by doubling
  basis.col(0) = Start(n);
  Eigen::VectorXd diagonal(n), beside(n);  // of Bᵀ·M·B, which is tridiagonal
  Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver;
  for (Eigen::Index steps = 1;; ++steps) {
    Eigen::VectorXd next = matrix * basis.col(steps - 1);
    diagonal(steps - 1) = basis.col(steps - 1).dot(next);
    const double size = next.norm();
    const auto known = basis.leftCols(steps);
    for (int twice = 0; twice < 2; ++twice) next -= known * (known.transpose() * next);
    const double left = next.norm();
    beside(steps - 1) = left;
    const bool last = steps == n || !(left > 1e-15 * size);
    if (last || steps % kStepsBetweenLooks == 0) {
      solver.computeFromTridiagonal(diagonal.head(steps), beside.head(steps - 1));
      const auto weights = solver.eigenvectors().col(steps - 1);
      const double residual = left * std::abs(weights(steps - 1));
      if (last || residual <= kResidual * solver.eigenvalues()(steps - 1)) {
        return (known * weights).normalized();
      }
    }
    if (steps == basis.cols()) basis.conservativeResize(n, std::min(n, 2 * steps));
    basis.col(steps) = next / left;
  }
}

}  // namespace ventral
