// The heavy products and decompositions of dense matrices, with the widest vectors that the
// processor has: the same code is compiled for AVX-512, for AVX2 with FMA and for any processor,
// and chosen when the program runs. On one processor the same arguments give the same bits.
#ifndef VENTRAL_SCORING_METRICS_DENSE_H_
#define VENTRAL_SCORING_METRICS_DENSE_H_

#include <Eigen/Core>

#include "scoring/base/result.h"

namespace ventral {

// A·B. Requires A.cols() = B.rows().
Eigen::MatrixXd Product(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b);
// The same in single precision.
Eigen::MatrixXf SingleProduct(const Eigen::MatrixXf& a, const Eigen::MatrixXf& b);

struct Eigenpairs {
  Eigen::VectorXd values;   // ascending
  Eigen::MatrixXd vectors;  // orthonormal, in columns
};

// Of a symmetric matrix; only its lower triangle is read.
// @error internal if the iteration does not converge.
Result<Eigenpairs> Eigendecompose(const Eigen::MatrixXd& symmetric);

// (A + αI)⁻¹·B by Cholesky; only A's lower triangle is read.
// @error internal if A + αI is not positive definite in double precision.
Result<Eigen::MatrixXd> SolvePositive(const Eigen::MatrixXd& a, double alpha,
                                      const Eigen::MatrixXd& b);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_DENSE_H_
