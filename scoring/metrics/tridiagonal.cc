#include "scoring/metrics/tridiagonal.h"

#include <algorithm>

#include "scoring/metrics/dense.h"

namespace ventral {

Result<Tridiagonal> Tridiagonal::Of(const Eigen::MatrixXd& symmetric) {
  Tridiagonal out;
  out.q_ = symmetric;
  out.diagonal_.resize(symmetric.rows());
  out.below_.resize(std::max<Eigen::Index>(0, symmetric.rows() - 1));
  out.eigenvalues_.resize(symmetric.rows());
  VENTRAL_RETURN_IF_ERROR(Tridiagonalise(out.q_, out.diagonal_, out.below_, out.eigenvalues_));
  return out;
}

double Tridiagonal::Floored(double alpha) const { return std::max(alpha, 1e-13 * diagonal_.sum()); }

Tridiagonal::Factors Tridiagonal::Factorise(double alpha) const {
  const double added = Floored(alpha);
  Factors factors{diagonal_.array() + added, below_};
  for (Eigen::Index i = 0; i < below_.size(); ++i) {
    factors.l(i) = below_(i) / factors.d(i);
    // Not below what is added, but by rounding.
    factors.d(i + 1) = std::max(factors.d(i + 1) - factors.l(i) * below_(i), 0.5 * added);
  }
  return factors;
}

Eigen::MatrixXd Tridiagonal::TimesInverse(const Eigen::MatrixXd& rows, double alpha) const {
  const Factors factors = Factorise(alpha);
  const Eigen::Index n = diagonal_.size();
  Eigen::MatrixXd x = rows;
  for (Eigen::Index i = 1; i < n; ++i) x.col(i) -= factors.l(i - 1) * x.col(i - 1);
  x.col(n - 1) /= factors.d(n - 1);
  for (Eigen::Index i = n - 2; i >= 0; --i) {
    x.col(i) = x.col(i) / factors.d(i) - factors.l(i) * x.col(i + 1);
  }
  return x;
}

Eigen::VectorXd Tridiagonal::InverseDiagonal(double alpha) const {
  const Factors factors = Factorise(alpha);
  Eigen::VectorXd y = q_.col(0);
  Eigen::VectorXd sum = y.array().square() / factors.d(0);
  for (Eigen::Index i = 1; i < diagonal_.size(); ++i) {
    y = q_.col(i) - factors.l(i - 1) * y;
    sum.array() += y.array().square() / factors.d(i);
  }
  return sum;
}

}  // namespace ventral
