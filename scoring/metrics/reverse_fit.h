// A layer's features predicted from responses, by way of its Gram matrix.
#ifndef VENTRAL_SCORING_METRICS_REVERSE_FIT_H_
#define VENTRAL_SCORING_METRICS_REVERSE_FIT_H_

#include <Eigen/Core>

#include "scoring/base/result.h"
#include "scoring/metrics/dual_ridge.h"
#include "scoring/metrics/folds.h"

namespace ventral {

struct ReverseFit {
  Eigen::VectorXd errors;  // |x_i − x̂_i|² over features [test stimulus]
  double alpha = 0;        // what was added to the diagonal
};

// Ridge of the activations X on `responses` [stimulus × neuroid], fitted on fold.train. With K_Y
// the responses' Gram matrix and K_X = `inner` the layer's, both centred on the training stimuli,
// x̂_i − x̄ = s_i·X̃, s_i = k_Y(i)·(K̃_Y + αI)⁻¹, so that
//   |x_i − x̂_i|² = K_X(i,i) − 2·s_i·k_X(i)ᵀ + s_i·K̃_X·s_iᵀ.
// Of several penalties the one of the least error over all features, as FitDualRidge: leave-one-out
// α²·[M·K̃_X·M]_jj / (I − H)_jj², M = (K̃_Y + αI)⁻¹, or inner folds.
// @error invalid_input if neuroids or activations do not vary over the training stimuli.
Result<ReverseFit> FitReverse(const Eigen::MatrixXd& inner, const Eigen::MatrixXd& responses,
                              const Fold& fold, const Penalties& penalties);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_REVERSE_FIT_H_
