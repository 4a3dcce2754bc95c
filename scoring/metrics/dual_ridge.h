// Ridge regression from a Gram matrix.
#ifndef VENTRAL_SCORING_METRICS_DUAL_RIDGE_H_
#define VENTRAL_SCORING_METRICS_DUAL_RIDGE_H_

#include <Eigen/Core>
#include <vector>

#include "scoring/base/result.h"
#include "scoring/metrics/folds.h"

namespace ventral {

// The dual of ridge with an unpenalised intercept (Saunders, Gammerman & Vovk 1998). With K the Gram matrix of
// the training stimuli, centred on their mean (K̃ = C·K·C), the weights of the stimuli are
//   A = (K̃ + αI)⁻¹ Ỹ,      ŷ(test) = k̃(test)·A + ȳ,
// equal to sklearn.linear_model.Ridge(alpha=α) on the features. α = penalty × mean diagonal of K̃, so that a
// penalty means the same for layers of any width and scale.
struct RidgeFit {
  Eigen::MatrixXd predicted;  // [test stimulus × neuroid]
  double penalty = 0;         // the chosen one of `penalties`
  double alpha = 0;           // what scikit-learn calls alpha
};

// `inner` [stimulus × stimulus], `responses` [stimulus × neuroid]. Of several penalties, the one with the least
// leave-one-out squared error over training stimuli and neuroids, as RidgeCV, in closed form:
//   e_i = α·A_i / (α·(K̃ + αI)⁻¹_ii − 1/n).
// @error invalid_input if the layer's activations do not vary over the training stimuli.
Result<RidgeFit> FitDualRidge(const Eigen::MatrixXd& inner, const Eigen::MatrixXd& responses, const Fold& fold,
                              const std::vector<double>& penalties);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_DUAL_RIDGE_H_
