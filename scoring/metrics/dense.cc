#include "scoring/metrics/dense.h"

#include <cstdint>
#include <type_traits>
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

template <typename Scalar>
const PackedKernels<Scalar>& Packed() {
  if constexpr (std::is_same_v<Scalar, float>) {
    return Kernels().packed_float;
  } else {
    return Kernels().packed;
  }
}

template <typename Matrix>
SquaresShape ShapeOf(const Matrix& parts, const Matrix& weights, const Matrix& scale) {
  return {scale.rows(), parts.rows() / scale.rows(), parts.cols(), weights.cols()};
}

}  // namespace

Eigen::MatrixXd Product(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
  Eigen::MatrixXd c(a.rows(), b.cols());
  Kernels().product(a.data(), b.data(), c.data(), a.rows(), a.cols(), b.cols());
  return c;
}

template <typename Scalar>
PackedMatrix<Scalar>::PackedMatrix(const Matrix& a) : rows_(a.rows()) {
  const PackedKernels<Scalar>& kernels = Packed<Scalar>();
  const auto size = static_cast<std::size_t>(kernels.size(a.rows(), a.cols()));
  memory_.resize(size + kCacheLine / sizeof(Scalar));
  const auto past = reinterpret_cast<std::uintptr_t>(memory_.data()) % kCacheLine;
  first_ = past == 0 ? 0 : (kCacheLine - past) / sizeof(Scalar);
  kernels.pack(a.data(), memory_.data() + first_, a.rows(), a.cols());
}

template <typename Scalar>
void PackedMatrix<Scalar>::Times(const Matrix& b, Scalar* product) const {
  Packed<Scalar>().product(memory_.data() + first_, b.data(), product, rows_, b.rows(), b.cols());
}

template class PackedMatrix<double>;
template class PackedMatrix<float>;

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
    return InvalidInput("the eigenvalues of a Gram matrix did not converge");
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
    return InvalidInput("a Gram matrix with its penalty is not positive definite");
  }
  return Ok{};
}

}  // namespace ventral
