#include "scoring/metrics/dense.h"

#include <utility>

#include "scoring/metrics/dense_kernels.h"

namespace ventral {
namespace {

const DenseKernels& Kernels() {
#if defined(__x86_64__)
  static const bool wide = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (wide) return kAvx2Kernels;
#endif
  return kPlainKernels;
}

}  // namespace

Eigen::MatrixXd Product(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
  Eigen::MatrixXd c(a.rows(), b.cols());
  Kernels().product(a.data(), b.data(), c.data(), a.rows(), a.cols(), b.cols());
  return c;
}

Result<Eigenpairs> Eigendecompose(const Eigen::MatrixXd& symmetric) {
  Eigenpairs out{Eigen::VectorXd(symmetric.rows()), symmetric};
  if (!Kernels().eigendecompose(out.vectors.data(), out.values.data(), symmetric.rows())) {
    return Internal("the eigenvalues of a Gram matrix did not converge");
  }
  return out;
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
