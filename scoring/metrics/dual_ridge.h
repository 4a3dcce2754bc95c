// Ridge regression from a Gram matrix.
#ifndef VENTRAL_SCORING_METRICS_DUAL_RIDGE_H_
#define VENTRAL_SCORING_METRICS_DUAL_RIDGE_H_

#include <Eigen/Core>
#include <vector>

#include "scoring/base/result.h"
#include "scoring/base/units.h"
#include "scoring/metrics/centred_fold.h"
#include "scoring/metrics/tridiagonal.h"

namespace ventral {

// What is added to the diagonal: α = penalty, as scikit-learn's alpha; or, where `relative`,
// α = penalty × mean diagonal of the centred training Gram matrix, so that a penalty means the same
// for layers of any width and scale.
struct Penalties {
  std::vector<double> values;  // > 0, at least one
  bool relative = false;
  bool per_neuroid = false;   // each neuroid has the one that is best for it
  int inner_folds = 0;        // 0: the best is told by leaving out one stimulus at a time
  Seed seed{0};               // divides the training stimuli into inner folds
  std::vector<int> groups{};  // [stimulus of the recording]: inner folds divide none; or empty
};

// The dual of ridge with an unpenalised intercept (Saunders, Gammerman & Vovk 1998). With K the
// Gram matrix of the training stimuli, centred on their mean (K̃ = C·K·C), the weights of the
// stimuli are
//   A = (K̃ + αI)⁻¹ Ỹ,      ŷ(test) = k̃(test)·A + ȳ,
// equal to sklearn.linear_model.Ridge(alpha=α) on the features.
struct RidgeFit {
  Eigen::MatrixXd predicted;        // [test stimulus × neuroid]
  std::vector<std::size_t> chosen;  // index in Penalties::values [neuroid], all the same if shared
  std::vector<double> alphas;       // α of each of Penalties::values
};

// Of several penalties, the one with the least error (penalty_search.h), summed over the neuroids
// of each subject or for each neuroid; the first of equals. `subjects` has the neuroids of each.
// Leave-one-out is the choice of sklearn's RidgeCV (alpha_per_target), inner folds that of
// himalaya's KernelRidgeCV (local_alpha).
// @error invalid_input if the activations do not vary over the stimuli of an inner fold.
Result<RidgeFit> FitDualRidge(const CentredGram& gram, const CentredResponses& responses,
                              const std::vector<std::vector<int>>& subjects,
                              const Penalties& penalties, unsigned threads);

// K̃ has the eigenvector 1, of eigenvalue 0, and perhaps others of eigenvalue 0 that would mix with
// it: adding scale·1·1ᵀ sets it apart, at eigenvalue n·scale, and changes no prediction, for Ỹ and
// k̃ are orthogonal to 1. @error internal if its eigenvalues do not converge.
Result<Tridiagonal> Reduce(const CentredGram& gram);

// [penalty]: what is added to the diagonal of `gram`.
std::vector<double> AlphasOf(const CentredGram& gram, const Penalties& penalties);

// The mean squared errors [penalty × neuroid] that the choice is made by (penalty_search.h).
// @error as FitDualRidge.
Result<Eigen::MatrixXd> PenaltyErrors(const CentredGram& gram, const Eigen::MatrixXd& responses,
                                      const Penalties& penalties, unsigned threads);

// The penalty of the least error of each neuroid, or of each subject's together: [neuroid].
std::vector<std::size_t> LeastErrors(const Eigen::MatrixXd& errors,
                                     const std::vector<std::vector<int>>& subjects,
                                     bool per_neuroid);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_DUAL_RIDGE_H_
