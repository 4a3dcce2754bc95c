#include "scoring/metrics/dense.h"

#include <utility>

#include "scoring/metrics/dense_kernels.h"

namespace ventral {
namespace {

const DenseKernels& Kernels() {
#if defined(__x86_64__)
  static const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  static const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") &&
                             __builtin_cpu_supports("avx512dq") &&
                             __builtin_cpu_supports("avx512vl");
  if (avx512) return kAvx512Kernels;
  if (avx2) return kAvx2Kernels;
#endif
  return kPlainKernels;
}

template <typename Matrix>
SquaresShape ShapeOf(const Matrix& parts, const Matrix& weights, const Matrix& scale) {
  return {scale.rows(), parts.rows() / scale.rows(), parts.cols(), weights.cols()};
}

}  // namespace

Eigen::MatrixXd Product(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
  Eigen::MatrixXd c(a.rows(), b.cols());
  Multiply(a, b, c.data());
  return c;
}

Eigen::MatrixXf SingleProduct(const Eigen::MatrixXf& a, const Eigen::MatrixXf& b) {
  Eigen::MatrixXf c(a.rows(), b.cols());
  Multiply(a, b, c.data());
  return c;
}

void Multiply(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b, double* product) {
  Kernels().product(a.data(), b.data(), product, a.rows(), a.cols(), b.cols());
}

void Multiply(const Eigen::MatrixXf& a, const Eigen::MatrixXf& b, float* product) {
  Kernels().product_float(a.data(), b.data(), product, a.rows(), a.cols(), b.cols());
}

Eigen::MatrixXd SumsOfSquares(const Eigen::MatrixXd& parts, const Eigen::MatrixXd& weights,
                              const Eigen::MatrixXd& scale) {
  const SquaresShape shape = ShapeOf(parts, weights, scale);
  Eigen::MatrixXd sums(shape.combinations, shape.groups);
  Kernels().squares(parts.data(), weights.data(), scale.data(), sums.data(), shape);
  return sums;
}

Eigen::MatrixXd SumsOfSquares(const Eigen::MatrixXf& parts, const Eigen::MatrixXf& weights,
                              const Eigen::MatrixXf& scale) {
  const SquaresShape shape = ShapeOf(parts, weights, scale);
  Eigen::MatrixXd sums(shape.combinations, shape.groups);
  Kernels().squares_float(parts.data(), weights.data(), scale.data(), sums.data(), shape);
  return sums;
}

Status Tridiagonalise(Eigen::MatrixXd& matrix, Eigen::VectorXd& diagonal, Eigen::VectorXd& below,
                      Eigen::VectorXd& values) {
  if (!Kernels().tridiagonalise(matrix.data(), diagonal.data(), below.data(), values.data(),
                                matrix.rows())) {
    return Internal("the eigenvalues of a Gram matrix did not converge");
  }
  return Ok{};
}

Result<Eigen::MatrixXd> SolvePositive(const Eigen::MatrixXd& a, double alpha,
                                      const Eigen::MatrixXd& b) {
  Eigen::MatrixXd x = b;
  VENTRAL_RETURN_IF_ERROR(SolvePositiveInPlace(a, alpha, {x.data(), x.rows(), x.cols()}));
  return x;
}

Status SolvePositiveInPlace(const Eigen::MatrixXd& a, double alpha, Eigen::Map<Eigen::MatrixXd> b) {
  Eigen::MatrixXd factors = a;
  if (!Kernels().solve_positive(factors.data(), alpha, b.data(), a.rows(), b.cols())) {
    return Internal("a Gram matrix with its penalty is not positive definite");
  }
  return Ok{};
}

}  // namespace ventral
