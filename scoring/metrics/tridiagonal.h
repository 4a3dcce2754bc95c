// A symmetric matrix in the form that makes (A + αI)⁻¹ cheap for many α.
#ifndef VENTRAL_SCORING_METRICS_TRIDIAGONAL_H_
#define VENTRAL_SCORING_METRICS_TRIDIAGONAL_H_

#include <Eigen/Core>

#include "scoring/base/result.h"

namespace ventral {

// A = Q·T·Qᵀ, Q orthonormal and T tridiagonal, by Householder reflections (Golub & Van Loan,
// "Matrix computations", 8.3). It serves as eigenvectors do, for (A + αI)⁻¹ = Q·(T + αI)⁻¹·Qᵀ and T
// + αI is solved in O(n); but the iterations that would turn Q into eigenvectors, most of an
// eigendecomposition's time, are left out.
class Tridiagonal {
 public:
  // Of a symmetric positive semidefinite matrix; only its lower triangle is read.
  // @error internal if its eigenvalues do not converge.
  static Result<Tridiagonal> Of(const Eigen::MatrixXd& symmetric);

  const Eigen::MatrixXd& q() const { return q_; }
  const Eigen::VectorXd& eigenvalues() const { return eigenvalues_; }  // ascending

  // α, or what rounding of A is as large as: 1e-13 of its trace. The functions below take the
  // greater.
  double Floored(double alpha) const;
  // rows·(T + αI)⁻¹ of `rows` [any × n]. α > 0.
  Eigen::MatrixXd TimesInverse(const Eigen::MatrixXd& rows, double alpha) const;
  // The diagonal of (A + αI)⁻¹ [n]. α > 0. O(n²).
  Eigen::VectorXd InverseDiagonal(double alpha) const;

 private:
  // T + αI = L·D·Lᵀ: D, and what stands under L's diagonal.
  struct Factors {
    Eigen::VectorXd d, l;
  };
  Factors Factorise(double alpha) const;

  Eigen::MatrixXd q_;
  Eigen::VectorXd diagonal_, below_, eigenvalues_;
};

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_TRIDIAGONAL_H_
