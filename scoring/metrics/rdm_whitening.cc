#include "scoring/metrics/rdm_whitening.h"

#include <Eigen/Cholesky>

namespace ventral {
namespace {

// Calls visit(i, j, k) for the pairs of m things, k counting from 0.
template <typename Visit>
void ForPairs(Eigen::Index m, const Visit& visit) {
  Eigen::Index k = 0;
  for (Eigen::Index i = 0; i < m; ++i) {
    for (Eigen::Index j = i + 1; j < m; ++j) visit(i, j, k++);
  }
}

// r_a = (X_a − R)/(extra + N − 2c_a). The stimulus with c_a = (N + extra)/2, if there is one (two
// cannot be, of three or more), has X_a = R, and its r comes from R = Σ c·r instead.
Eigen::VectorXd RowSums(const Eigen::VectorXd& sums, const Eigen::VectorXd& counts, double extra) {
  const Eigen::ArrayXd c = counts.array();
  const Eigen::ArrayXd divisor = extra + c.sum() - 2 * c;
  Eigen::Index half = 0;
  const bool singular = divisor.abs().minCoeff(&half) < 0.5;
  Eigen::ArrayXd share = c / divisor;
  if (singular) share(half) = 0;
  const double total = singular ? sums(half) : (share * sums.array()).sum() / (1 + share.sum());
  Eigen::VectorXd r = (sums.array() - total) / divisor;
  if (singular) {
    r(half) = 0;
    r(half) = (total - counts.dot(r)) / counts(half);
  }
  return r;
}

// x − r_i − r_j.
Eigen::VectorXd WithoutRows(const Eigen::VectorXd& x, const Eigen::VectorXd& counts, double extra) {
  Eigen::VectorXd sums = Eigen::VectorXd::Zero(counts.size());
  ForPairs(counts.size(), [&](Eigen::Index i, Eigen::Index j, Eigen::Index k) {
    sums(i) += counts(j) * x(k);
    sums(j) += counts(i) * x(k);
  });
  const Eigen::VectorXd r = RowSums(sums, counts, extra);
  Eigen::VectorXd left(x.size());
  ForPairs(counts.size(),
           [&](Eigen::Index i, Eigen::Index j, Eigen::Index k) { left(k) = x(k) - r(i) - r(j); });
  return left;
}

}  // namespace

Eigen::VectorXd WhitenCounted(const Eigen::VectorXd& x, const Eigen::VectorXd& counts) {
  return WithoutRows(x, counts, 2) / 2;
}

Eigen::VectorXd UCentreCounted(const Eigen::VectorXd& x, const Eigen::VectorXd& counts) {
  if (counts.size() < 4) return Eigen::VectorXd::Zero(x.size());
  return WithoutRows(x, counts, 0);
}

Result<NoiseWhitening> NoiseWhitening::From(const Eigen::MatrixXd& covariance) {
  const Eigen::LLT<Eigen::MatrixXd> factor(covariance);
  const Eigen::VectorXd ones = Eigen::VectorXd::Ones(covariance.rows());
  // A pivot that is nothing but rounding stands for a singular matrix.
  const double largest = covariance.diagonal().maxCoeff();
  if (factor.info() != Eigen::Success ||
      !(factor.matrixLLT().diagonal().array().square().minCoeff() > 1e-13 * largest)) {
    return InvalidInput("the noise covariance of the stimuli is not positive definite");
  }
  NoiseWhitening made;
  made.projected_inverse_ =
      factor.solve(Eigen::MatrixXd::Identity(covariance.rows(), covariance.cols()));
  const Eigen::VectorXd sums = made.projected_inverse_ * ones;
  made.projected_inverse_.noalias() -= sums * sums.transpose() / sums.sum();
  return made;
}

Eigen::VectorXd NoiseWhitening::operator()(const Eigen::VectorXd& x) const {
  const Eigen::Index n = stimuli();
  Eigen::MatrixXd square = Eigen::MatrixXd::Zero(n, n);
  ForPairs(n, [&](Eigen::Index i, Eigen::Index j, Eigen::Index k) { square(j, i) = x(k); });
  const Eigen::MatrixXd left = square.selfadjointView<Eigen::Lower>() * projected_inverse_;
  square.triangularView<Eigen::Lower>() = projected_inverse_ * left;
  Eigen::VectorXd white(x.size());
  ForPairs(n, [&](Eigen::Index i, Eigen::Index j, Eigen::Index k) { white(k) = square(j, i) / 2; });
  return white;
}

}  // namespace ventral
