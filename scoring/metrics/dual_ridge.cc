#include "scoring/metrics/dual_ridge.h"

#include <Eigen/Eigenvalues>
#include <limits>

namespace ventral {
namespace {

// K̃ = U·diag(λ)·Uᵀ, so that each further penalty costs products only.
class Spectrum {
 public:
  // K̃ has the eigenvector 1, of eigenvalue 0, and perhaps others of
  // eigenvalue 0 that would mix with it: adding scale·1·1ᵀ sets it apart, at eigenvalue n·scale,
  // and changes no prediction, for Ỹ and k̃ are orthogonal to 1.
  Spectrum(const CentredGram& gram, const CentredResponses& responses)
      : solver_((gram.train.array() + gram.scale).matrix()),
        values_(solver_.eigenvalues().cwiseMax(0)),
        squares_(solver_.eigenvectors().array().square()),
        rotated_(solver_.eigenvectors().transpose() * responses.values),
        of_one_(static_cast<double>(gram.train.rows()) * gram.scale) {}

  bool ok() const { return solver_.info() == Eigen::Success; }

  // A [train × neuroid].
  Eigen::MatrixXd Dual(double alpha) const {
    const Eigen::VectorXd shrunk = (values_.array() + alpha).inverse();
    return solver_.eigenvectors() * (shrunk.asDiagonal() * rotated_);
  }

  // Σ e² over stimuli and neuroids, given A = Dual(alpha).
  double LeaveOneOutError(double alpha, const Eigen::MatrixXd& dual) const {
    const double n = static_cast<double>(values_.size());
    const Eigen::VectorXd shrunk = (values_.array() + alpha).inverse();
    const Eigen::ArrayXd residual_maker =  // (I − H)_ii
        alpha * ((squares_ * shrunk).array() - 1 / (n * (of_one_ + alpha)));
    return ((alpha * dual).array().colwise() / residual_maker).square().sum();
  }

 private:
  Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver_;
  Eigen::VectorXd values_;   // λ, rounding below 0 cut off
  Eigen::MatrixXd squares_;  // U∘U
  Eigen::MatrixXd rotated_;  // Uᵀ·Ỹ
  double of_one_;            // eigenvalue of the eigenvector 1
};

}  // namespace

Result<RidgeFit> FitDualRidge(const CentredGram& gram, const CentredResponses& responses,
                              const Penalties& penalties) {
  const Spectrum spectrum(gram, responses);
  if (!spectrum.ok()) return Internal("the eigenvalues of a Gram matrix did not converge");
  RidgeFit best;
  Eigen::MatrixXd best_dual;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < penalties.values.size(); ++i) {
    const double alpha = penalties.values[i] * (penalties.relative ? gram.scale : 1);
    Eigen::MatrixXd dual = spectrum.Dual(alpha);
    const double error = penalties.values.size() > 1 ? spectrum.LeaveOneOutError(alpha, dual) : 0;
    if (i > 0 && !(error < least)) continue;
    best.chosen = i;
    best.alpha = alpha;
    least = error;
    best_dual = std::move(dual);
  }
  best.predicted = (gram.test * best_dual).rowwise() + responses.mean;
  return best;
}

}  // namespace ventral
