// The heavy products and decompositions of dense matrices, with the widest vectors that the
// processor has: the same code is compiled for AVX-512, for AVX2 with FMA and for any processor,
// and chosen when the program runs. On one processor the same arguments give the same bits.
#ifndef VENTRAL_SCORING_METRICS_DENSE_H_
#define VENTRAL_SCORING_METRICS_DENSE_H_

#include <Eigen/Core>
#include <cstddef>
#include <vector>

#include "scoring/base/result.h"

namespace ventral {

// A·B. Requires A.cols() = B.rows().
Eigen::MatrixXd Product(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b);

// A matrix A for products with many others, of double or float.
template <typename Scalar>
class PackedMatrix {
 public:
  using Matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;

  // Requires a.cols() > 0.
  explicit PackedMatrix(const Matrix& a);
  // A·B to `product` [A.rows() × B.cols()], in column order. Requires A.cols() = B.rows().
  void Times(const Matrix& b, Scalar* product) const;

 private:
  static constexpr std::size_t kCacheLine = 64;

  Eigen::Index rows_;
  std::vector<Scalar> memory_;
  std::size_t first_;  // of the numbers, so that they start with a line of the cache
};

// Column b of `parts` is a matrix [row × neuroid]. Of each combination of them by `weights` [column
// of parts × combination], with its rows scaled by `scale` [row × combination], the sum of squares
// over rows: [combination × neuroid].
Eigen::MatrixXd SumsOfSquares(const Eigen::MatrixXd& parts, const Eigen::MatrixXd& weights,
                              const Eigen::MatrixXd& scale);
Eigen::MatrixXd SumsOfSquares(const Eigen::MatrixXf& parts, const Eigen::MatrixXf& weights,
                              const Eigen::MatrixXf& scale);

// Of the symmetric A in `matrix`, of which only the lower triangle is read: A = Q·T·Qᵀ. `matrix`
// becomes Q, the others [n], [n − 1], [n] T's diagonal, what is below it, and the eigenvalues,
// ascending. Requires n > 0.
// @error invalid_input if the eigenvalues do not converge.
Status Tridiagonalise(Eigen::MatrixXd& matrix, Eigen::VectorXd& diagonal, Eigen::VectorXd& below,
                      Eigen::VectorXd& values);

// (A + αI)⁻¹·B by Cholesky; only A's lower triangle is read.
// @error invalid_input if A + αI is not positive definite in double precision.
Result<Eigen::MatrixXd> SolvePositive(const Eigen::MatrixXd& a, double alpha,
                                      const Eigen::MatrixXd& b);
// The same, in place of B.
Status SolvePositiveInPlace(const Eigen::MatrixXd& a, double alpha, Eigen::Map<Eigen::MatrixXd> b);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_DENSE_H_
