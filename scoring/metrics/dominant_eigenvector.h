#ifndef VENTRAL_SCORING_METRICS_DOMINANT_EIGENVECTOR_H_
#define VENTRAL_SCORING_METRICS_DOMINANT_EIGENVECTOR_H_

#include <Eigen/Core>

namespace ventral {

// The eigenvector of the greatest eigenvalue of a symmetric positive semidefinite matrix, of length
// one, by the Lanczos method (Lanczos 1950) with full reorthogonalisation: a few products with the
// matrix, where a whole decomposition costs n³. Residual ‖M·v − λ·v‖ ≤ 1e-13·λ, or what n steps
// give. Of an eigenvalue that stands twice, one of its eigenvectors. Requires n > 0, all finite.
Eigen::VectorXd DominantEigenvector(const Eigen::MatrixXd& matrix);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_DOMINANT_EIGENVECTOR_H_
