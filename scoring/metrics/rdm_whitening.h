// V⁻¹x for the covariance V of distance estimates, without V.
#ifndef VENTRAL_SCORING_METRICS_RDM_WHITENING_H_
#define VENTRAL_SCORING_METRICS_RDM_WHITENING_H_

#include <Eigen/Core>

#include "scoring/base/result.h"

namespace ventral {

// V_pq = (c_pᵀ Σ c_q)² over the pairs p, q of stimuli, c_p the contrast of pair p, Σ the noise
// covariance between the stimuli's estimates (Diedrichsen et al. 2020, eq. 14, without the signal
// term). V is pairs × pairs, 49 million squared at 7000 stimuli; it is never formed. In terms of
// the symmetric matrix D of d, V·d = P(Σ·L(d)·Σ): L(d) = diag(D·1) − D is a Laplacian and P(M)_ij =
// M_ii + M_jj − 2·M_ij. Both maps have closed inverses where L·1 = 0.

// Σ = I, each stimulus a standing counts(a) > 0 times, copies with independent noise and without
// pairs of their own. V·d = 2d + r_i + r_j, r the weighted row sums of d, so for x [m(m−1)/2]
//   V⁻¹x = (x − r_i − r_j)/2,  r_a = (X_a − R)/(2 + N − 2c_a),
// X the weighted row sums of x, N = Σc, R = Σ c_a·r_a. O(m²). For counts 1, x·V⁻¹y is that of
// linear CKA.
Eigen::VectorXd WhitenCounted(const Eigen::VectorXd& x, const Eigen::VectorXd& counts);

// What is left of x when a part of each stimulus' own is taken out of its pairs, so that the
// weighted row sums are 0 (counts as above): x − r_i − r_j, r_a = (X_a − R)/(N − 2c_a). 0 for fewer
// than four stimuli. O(m²).
Eigen::VectorXd UCentreCounted(const Eigen::VectorXd& x, const Eigen::VectorXd& counts);

// Any Σ, each stimulus once: V⁻¹x = ½ (S·X·S)_ij, S = Σ⁻¹ − Σ⁻¹11ᵀΣ⁻¹/(1ᵀΣ⁻¹1), X the matrix of x.
// O(n³) time, O(n²) memory.
class NoiseWhitening {
 public:
  // Σ [stimulus × stimulus], symmetric. @error invalid_input if it is not positive definite.
  static Result<NoiseWhitening> From(const Eigen::MatrixXd& covariance);
  Eigen::VectorXd operator()(const Eigen::VectorXd& x) const;
  Eigen::Index stimuli() const { return projected_inverse_.rows(); }

 private:
  Eigen::MatrixXd projected_inverse_;  // S
};

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_RDM_WHITENING_H_
