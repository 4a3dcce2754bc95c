#include "scoring/metrics/rdm_whitening.h"

#include <algorithm>

#include "scoring/base/parallel.h"
#include "scoring/metrics/dense.h"

namespace ventral {
namespace {

constexpr Eigen::Index kColumnsAtOnce = 256;

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
  const Eigen::Index n = covariance.rows();
  auto inverse = SolvePositive(covariance, 0, Eigen::MatrixXd::Identity(n, n));
  // What a stimulus has of its own, 1/(Σ⁻¹)_ii, is nothing but rounding where Σ is singular.
  if (!inverse.ok() ||
      !(1e-13 * covariance.diagonal().maxCoeff() * inverse->diagonal().maxCoeff() < 1)) {
    return InvalidInput("the noise covariance of the stimuli is not positive definite");
  }
  NoiseWhitening made;
  made.projected_inverse_ = std::move(inverse).value();
  const Eigen::VectorXd sums = made.projected_inverse_.rowwise().sum();
  made.projected_inverse_.noalias() -= sums * sums.transpose() / sums.sum();
  return made;
}

// Some columns of S·X·S at a time, on all cores.
Eigen::VectorXd NoiseWhitening::operator()(const Eigen::VectorXd& x) const {
  const Eigen::Index n = stimuli();
  Eigen::MatrixXd square = Eigen::MatrixXd::Zero(n, n);
  ForPairs(n, [&](Eigen::Index i, Eigen::Index j, Eigen::Index k) {
    square(i, j) = x(k);
    square(j, i) = x(k);
  });
  Eigen::MatrixXd both(n, n);
  const auto blocks = static_cast<std::size_t>((n + kColumnsAtOnce - 1) / kColumnsAtOnce);
  ParallelFor(blocks, 0, [&](std::size_t block) {
    const Eigen::Index first = static_cast<Eigen::Index>(block) * kColumnsAtOnce;
    const Eigen::Index count = std::min(kColumnsAtOnce, n - first);
    both.middleCols(first, count) =
        Product(projected_inverse_, Product(square, projected_inverse_.middleCols(first, count)));
  });
  Eigen::VectorXd white(x.size());
  ForPairs(n, [&](Eigen::Index i, Eigen::Index j, Eigen::Index k) { white(k) = both(j, i) / 2; });
  return white;
}

}  // namespace ventral
