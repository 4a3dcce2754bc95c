// What each training stimulus does to the predictions of a ridge.
#ifndef VENTRAL_SCORING_METRICS_RIDGE_INFLUENCE_H_
#define VENTRAL_SCORING_METRICS_RIDGE_INFLUENCE_H_

#include <Eigen/Core>
#include <vector>

#include "scoring/base/result.h"
#include "scoring/metrics/centred_fold.h"

namespace ventral {

// Of the ridge of dual_ridge.h, were the squared error of training stimulus i counted w(i) times,
//   Σ_t gradient(t, c)·∂ŷ(t, c)/∂w(i) at w = 1      [training stimulus × neuroid],
// exactly: ∂ŷ(t)/∂w(i) = S(t, i)·e(i), where S(t, i) is how much of ŷ(t) the response to i makes,
// and e(i) the residual that the fit leaves of it (Cook & Weisberg 1982, "Residuals and influence
// in regression", in the dual). `alphas` [neuroid]: what is added to the diagonal. `gradient` [test
// stimulus × neuroid].
// @error internal if eigenvalues do not converge.
Result<Eigen::MatrixXd> RidgeInfluence(const CentredGram& gram, const CentredResponses& responses,
                                       const std::vector<double>& alphas,
                                       const Eigen::MatrixXd& gradient);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_RIDGE_INFLUENCE_H_
