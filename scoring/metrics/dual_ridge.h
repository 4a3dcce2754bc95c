// Ridge regression from a Gram matrix.
#ifndef VENTRAL_SCORING_METRICS_DUAL_RIDGE_H_
#define VENTRAL_SCORING_METRICS_DUAL_RIDGE_H_

#include <Eigen/Core>
#include <vector>

#include "scoring/base/result.h"
#include "scoring/metrics/centred_fold.h"

namespace ventral {

// What is added to the diagonal: α = penalty, as scikit-learn's alpha; or, where `relative`,
// α = penalty × mean diagonal of the centred training Gram matrix, so that a penalty means the same
// for layers of any width and scale.
struct Penalties {
  std::vector<double> values;  // > 0, at least one
  bool relative = false;
};

// The dual of ridge with an unpenalised intercept (Saunders, Gammerman & Vovk 1998). With K the
// Gram matrix of the training stimuli, centred on their mean (K̃ = C·K·C), the weights of the
// stimuli are
//   A = (K̃ + αI)⁻¹ Ỹ,      ŷ(test) = k̃(test)·A + ȳ,
// equal to sklearn.linear_model.Ridge(alpha=α) on the features.
struct RidgeFit {
  Eigen::MatrixXd predicted;  // [test stimulus × neuroid]
  std::size_t chosen = 0;     // index in Penalties::values
  double alpha = 0;           // α
};

// Of several penalties, the one with the least leave-one-out squared error over training stimuli
// and neuroids, the first of equals, as RidgeCV, in closed form from one eigendecomposition (Golub,
// Heath & Wahba 1979):
//   e_i = α·A_i / (I − H)_ii,      H the smoother of the training stimuli, intercept included.
Result<RidgeFit> FitDualRidge(const CentredGram& gram, const CentredResponses& responses,
                              const Penalties& penalties);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_DUAL_RIDGE_H_
