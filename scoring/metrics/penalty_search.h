// How well each of many penalties predicts, for each of many neuroids.
#ifndef VENTRAL_SCORING_METRICS_PENALTY_SEARCH_H_
#define VENTRAL_SCORING_METRICS_PENALTY_SEARCH_H_

#include <Eigen/Core>
#include <vector>

#include "scoring/base/result.h"
#include "scoring/metrics/centred_fold.h"
#include "scoring/metrics/tridiagonal.h"

namespace ventral {

// Both give the mean squared error [penalty × neuroid] on training stimuli that were left out of
// the fit, for the penalties `alphas` > 0. A ridge fit with α is K ↦ (K + αI)⁻¹, and as functions
// of K these are nearly linear combinations of a few of them (fold_smoothers.h): products with all
// the responses are made for those few, and the others follow. The errors are within about 1e-7 of
// the responses' mean square; they serve to choose, and no prediction is made from them. Up to
// `threads` threads (0: all cores) share the neuroids.

// Leaving out one stimulus at a time, in closed form (Golub, Heath & Wahba 1979):
//   e_i = α·A_i / (I − H)_ii,   A = (K̃ + αI)⁻¹·Ỹ,   H the smoother, intercept included.
// `reduced` is K̃ + scale·1·1ᵀ, scale = gram.scale.
Eigen::MatrixXd LeaveOneOutErrors(const Tridiagonal& reduced, double scale,
                                  const Eigen::MatrixXd& responses,
                                  const std::vector<double>& alphas, unsigned threads);

// (I − H)_ii [stimulus × penalty].
Eigen::MatrixXd LeaveOneOutDiagonals(const Tridiagonal& reduced, double scale,
                                     const std::vector<double>& alphas);

// Leaving out a fold at a time; `folds` are of rows of gram.train. The mean over folds of the mean
// over the fold's stimuli, as himalaya's KernelRidgeCV with fit_intercept. α is at least 1e-13 of
// the Gram matrix's trace. For 1,000 neuroids or more the products are in single precision:
// errors of a thousandth of the responses' mean square or more are then within about 1e-5 of
// themselves, smaller ones within about 1e-8 of that mean square.
// @error invalid_input if the activations do not vary over the stimuli of some fold's fit.
Result<Eigen::MatrixXd> KFoldErrors(const CentredGram& gram, const Eigen::MatrixXd& responses,
                                    const std::vector<double>& alphas,
                                    const std::vector<Fold>& folds, unsigned threads);

// (K̃ + αI)⁻¹ on the test stimuli: k̃·(K̃ + αI)⁻¹ [test × train], α at least 1e-13 of the trace.
Result<Eigen::MatrixXd> TestSmoother(const CentredGram& gram, double alpha);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_PENALTY_SEARCH_H_
