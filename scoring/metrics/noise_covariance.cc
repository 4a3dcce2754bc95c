#include "scoring/metrics/noise_covariance.h"

#include <algorithm>

#include "scoring/metrics/dense.h"

namespace ventral {
namespace {

// Ledoit & Wolf's m, d², b² of the covariance over n.
Eigen::MatrixXd ShrinkToEye(const Eigen::MatrixXd& residuals, const Eigen::MatrixXd& squares,
                            double dof) {
  const auto n = static_cast<double>(residuals.rows());
  const Eigen::MatrixXd s = squares / n;
  const double mean = s.diagonal().mean();
  Eigen::MatrixXd off = s;
  off.diagonal().array() -= mean;
  const double d2 = off.squaredNorm();
  const double fourth = residuals.rowwise().squaredNorm().array().square().sum();
  const double b2 = std::min(d2, (fourth / n - s.squaredNorm()) / n);
  if (!(d2 > 0)) return s * (n / dof);
  Eigen::MatrixXd shrunk = (d2 - b2) / d2 * s;
  shrunk.diagonal().array() += b2 / d2 * mean;
  return shrunk * (n / dof);
}

// λ = Σ Var(r_ij) / Σ r_ij² over i ≠ j, r the correlations.
Eigen::MatrixXd ShrinkToDiagonal(const Eigen::MatrixXd& residuals, const Eigen::MatrixXd& squares,
                                 double dof) {
  const auto n = static_cast<double>(residuals.rows());
  const Eigen::MatrixXd s = squares / dof;
  const Eigen::ArrayXd deviation = s.diagonal().cwiseSqrt();
  const Eigen::ArrayXXd scale = (deviation.matrix() * deviation.matrix().transpose()).array();
  const Eigen::MatrixXd square = residuals.cwiseAbs2();
  const Eigen::ArrayXXd mean = squares.array() / scale / (n - 1);
  const Eigen::ArrayXXd mean_square =
      Product(square.transpose(), square).array() / scale.square() / (n - 1);
  const auto off_diagonal = [](const Eigen::ArrayXXd& all) {
    return all.sum() - all.matrix().diagonal().sum();
  };
  const double correlations = off_diagonal(mean.square());
  const double variances = n / (dof * dof) * off_diagonal(mean_square - mean.square());
  const double lambda = correlations > 0 ? std::clamp(variances / correlations, 0.0, 1.0) : 1;
  Eigen::MatrixXd shrunk = (1 - lambda) * s;
  shrunk.diagonal() = s.diagonal();
  return shrunk;
}

}  // namespace

const std::vector<std::string>& NoiseEstimateNames() {
  static const std::vector<std::string> names = {"full", "diagonal", "shrinkage_eye",
                                                 "shrinkage_diagonal"};
  return names;
}

NoiseEstimate NoiseEstimateNamed(std::string_view name) {
  const std::vector<std::string>& names = NoiseEstimateNames();
  return static_cast<NoiseEstimate>(std::find(names.begin(), names.end(), name) - names.begin());
}

Eigen::MatrixXd NoiseCovariance(const Eigen::MatrixXd& residuals, double dof,
                                NoiseEstimate estimate) {
  if (estimate == NoiseEstimate::kDiagonal) {
    return Eigen::MatrixXd((residuals.colwise().squaredNorm() / dof).asDiagonal());
  }
  const Eigen::MatrixXd squares = Product(residuals.transpose(), residuals);
  switch (estimate) {
    case NoiseEstimate::kShrinkageEye:
      return ShrinkToEye(residuals, squares, dof);
    case NoiseEstimate::kShrinkageDiagonal:
      return ShrinkToDiagonal(residuals, squares, dof);
    default:
      return squares / dof;
  }
}

}  // namespace ventral
