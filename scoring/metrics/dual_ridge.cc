#include "scoring/metrics/dual_ridge.h"

#include <Eigen/Eigenvalues>
#include <limits>

namespace ventral {
namespace {

struct Centred {
  Eigen::MatrixXd train;      // K̃ [train × train]
  Eigen::MatrixXd test;       // k̃ [test × train]
  Eigen::MatrixXd responses;  // Ỹ [train × neuroid]
  Eigen::RowVectorXd mean;    // ȳ [neuroid]
};

Centred Centre(const Eigen::MatrixXd& inner, const Eigen::MatrixXd& responses, const Fold& fold) {
  Centred out;
  out.train = inner(fold.train, fold.train);
  out.test = inner(fold.test, fold.train);
  const Eigen::RowVectorXd column_means = out.train.colwise().mean();
  const double mean = column_means.mean();
  const Eigen::VectorXd test_means = out.test.rowwise().mean();
  out.train.rowwise() -= column_means;
  out.train.colwise() -= (column_means.array() - mean).matrix().transpose();
  out.test.rowwise() -= column_means;
  out.test.colwise() -= (test_means.array() - mean).matrix();
  out.responses = responses(fold.train, Eigen::all);
  out.mean = out.responses.colwise().mean();
  out.responses.rowwise() -= out.mean;
  return out;
}

// K̃ = U·diag(λ)·Uᵀ, so that each further penalty costs products only.
class Spectrum {
 public:
  // `scale` is K̃'s mean diagonal. K̃ has the eigenvector 1, of eigenvalue 0, and perhaps others of
  // eigenvalue 0 that would mix with it: adding scale·1·1ᵀ sets it apart, at eigenvalue n·scale,
  // and changes no prediction, for Ỹ and k̃ are orthogonal to 1.
  Spectrum(const Centred& data, double scale)
      : solver_((data.train.array() + scale).matrix()),
        values_(solver_.eigenvalues().cwiseMax(0)),
        squares_(solver_.eigenvectors().array().square()),
        rotated_(solver_.eigenvectors().transpose() * data.responses),
        of_one_(static_cast<double>(data.train.rows()) * scale) {}

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

Result<RidgeFit> FitDualRidge(const Eigen::MatrixXd& inner, const Eigen::MatrixXd& responses,
                              const Fold& fold, const Penalties& penalties) {
  const Centred data = Centre(inner, responses, fold);
  const double scale = data.train.diagonal().mean();
  // Rounding of float32 features leaves this much of a constant layer.
  if (!(scale > 1e-12 * inner.diagonal().mean())) {
    return InvalidInput(
        "the activations do not vary over the training stimuli, so nothing can be predicted from "
        "them; leave this layer out");
  }
  const Spectrum spectrum(data, scale);
  if (!spectrum.ok()) return Internal("the eigenvalues of a Gram matrix did not converge");
  RidgeFit best;
  Eigen::MatrixXd best_dual;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < penalties.values.size(); ++i) {
    const double alpha = penalties.values[i] * (penalties.relative ? scale : 1);
    Eigen::MatrixXd dual = spectrum.Dual(alpha);
    const double error = penalties.values.size() > 1 ? spectrum.LeaveOneOutError(alpha, dual) : 0;
    if (i > 0 && !(error < least)) continue;
    best.chosen = i;
    best.alpha = alpha;
    least = error;
    best_dual = std::move(dual);
  }
  best.predicted = (data.test * best_dual).rowwise() + data.mean;
  return best;
}

}  // namespace ventral
