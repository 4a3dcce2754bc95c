// A fold as a fit sees it: everything centred on the training stimuli alone.
#ifndef VENTRAL_SCORING_METRICS_CENTRED_FOLD_H_
#define VENTRAL_SCORING_METRICS_CENTRED_FOLD_H_

#include <Eigen/Core>

#include "scoring/base/result.h"
#include "scoring/metrics/folds.h"

namespace ventral {

// With x̄ the mean activations of the training stimuli:
struct CentredGram {
  Eigen::MatrixXd train;     // K̃ [train × train] = (X − x̄)(X − x̄)ᵀ
  Eigen::MatrixXd test;      // k̃ [test × train]
  double scale = 0;          // mean diagonal of K̃: the variance, summed over features; > 0
  std::vector<int> stimuli;  // [train]: rows of the matrix that it was made of
};

// Of the Gram matrix `inner` [stimulus × stimulus].
// @error invalid_input if the layer's activations do not vary over the training stimuli.
Result<CentredGram> Centre(const Eigen::MatrixXd& inner, const Fold& fold);

struct CentredResponses {
  Eigen::MatrixXd values;   // Ỹ [train × neuroid]
  Eigen::RowVectorXd mean;  // ȳ [neuroid]
};

// Of `responses` [stimulus × neuroid].
CentredResponses Centre(const Eigen::MatrixXd& responses, const std::vector<int>& train);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_CENTRED_FOLD_H_
