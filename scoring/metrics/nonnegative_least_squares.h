// Least squares with coefficients that are not negative.
#ifndef VENTRAL_SCORING_METRICS_NONNEGATIVE_LEAST_SQUARES_H_
#define VENTRAL_SCORING_METRICS_NONNEGATIVE_LEAST_SQUARES_H_

#include <Eigen/Core>

namespace ventral {

// The w ≥ 0 that makes |X·w − y|² least, from XᵀX [column × column] and Xᵀy: the active-set method
// of Lawson & Hanson 1974, "Solving least squares problems", ch. 23 (scipy.optimize.nnls). Of
// columns that depend on each other, one solution of several. All zero where no column has a
// positive product with y.
Eigen::VectorXd NonnegativeLeastSquares(const Eigen::MatrixXd& squares,
                                        const Eigen::VectorXd& products);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_NONNEGATIVE_LEAST_SQUARES_H_
