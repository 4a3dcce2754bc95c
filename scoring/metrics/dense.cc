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

}  // namespace

Eigen::MatrixXd Product(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
  Eigen::MatrixXd c(a.rows(), b.cols());
  Kernels().product(a.data(), b.data(), c.data(), a.rows(), a.cols(), b.cols());
  return c;
}

Eigen::MatrixXf SingleProduct(const Eigen::MatrixXf& a, const Eigen::MatrixXf& b) {
  Eigen::MatrixXf c(a.rows(), b.cols());
  Kernels().product_float(a.data(), b.data(), c.data(), a.rows(), a.cols(), b.cols());
  return c;
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
  Eigen::MatrixXd factors = a, x = b;
  if (!Kernels().solve_positive(factors.data(), alpha, x.data(), a.rows(), b.cols())) {
    return Internal("a Gram matrix with its penalty is not positive definite");
  }
  return x;
}

}  // namespace ventral
