#include "scoring/metrics/dual_ridge.h"

#include <Eigen/Cholesky>
#include <limits>

namespace ventral {
namespace {

struct Centred {
  Eigen::MatrixXd train;       // K̃ [train × train]
  Eigen::MatrixXd test;        // k̃ [test × train]
  Eigen::MatrixXd responses;   // Ỹ [train × neuroid]
  Eigen::RowVectorXd mean;     // ȳ [neuroid]
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

struct Solution {
  Eigen::MatrixXd dual;  // A [train × neuroid]
  double loo = 0;        // sum of squared leave-one-out errors
};

Solution Solve(const Centred& data, double alpha, bool want_loo) {
  Eigen::MatrixXd regularised = data.train;
  regularised.diagonal().array() += alpha;
  const Eigen::LLT<Eigen::Ref<Eigen::MatrixXd>> factor(regularised);
  Solution solution{factor.solve(data.responses), 0};
  if (!want_loo) return solution;
  const Eigen::Index n = data.train.rows();
  Eigen::MatrixXd inverse_factor = Eigen::MatrixXd::Identity(n, n);  // L⁻¹; (LLᵀ)⁻¹_ii is its column's square
  factor.matrixL().solveInPlace(inverse_factor);
  const Eigen::ArrayXd leverage =
      alpha * inverse_factor.colwise().squaredNorm().transpose().array() - 1 / static_cast<double>(n);
  solution.loo = ((alpha * solution.dual).array().colwise() / leverage).square().sum();
  return solution;
}

}  // namespace

Result<RidgeFit> FitDualRidge(const Eigen::MatrixXd& inner, const Eigen::MatrixXd& responses, const Fold& fold,
                              const std::vector<double>& penalties) {
  const Centred data = Centre(inner, responses, fold);
  const double scale = data.train.diagonal().mean();
  // Rounding of float32 features leaves this much of a constant layer.
  if (!(scale > 1e-12 * inner.diagonal().mean())) {
    return InvalidInput("the activations do not vary over the training stimuli, so nothing can be predicted from them");
  }
  RidgeFit best;
  Eigen::MatrixXd best_dual;
  double best_loo = std::numeric_limits<double>::infinity();
  for (const double penalty : penalties) {
    const double alpha = penalty * scale;
    Solution solution = Solve(data, alpha, penalties.size() > 1);
    if (best_dual.size() > 0 && !(solution.loo < best_loo)) continue;
    best.penalty = penalty;
    best.alpha = alpha;
    best_loo = solution.loo;
    best_dual = std::move(solution.dual);
  }
  best.predicted = (data.test * best_dual).rowwise() + data.mean;
  return best;
}

}  // namespace ventral
