// The kernels of dense_kernels.h. Included once by each of dense_kernels_*.cc, after Eigen was
// compiled for their processor under a namespace of its own, VENTRAL_EIGEN.
#ifndef VENTRAL_EIGEN
#error "dense_kernels_*.cc say which Eigen"
#endif

#include "scoring/metrics/dense_packed_body.h"

namespace ventral {
namespace {

namespace E = VENTRAL_EIGEN;

template <typename Scalar>
using Matrix = E::Matrix<Scalar, E::Dynamic, E::Dynamic>;

void Multiply(const double* a, const double* b, double* c, std::ptrdiff_t rows,
              std::ptrdiff_t inner, std::ptrdiff_t columns) {
  E::Map<Matrix<double>>(c, rows, columns).noalias() =
      E::Map<const Matrix<double>>(a, rows, inner) *
      E::Map<const Matrix<double>>(b, inner, columns);
}

template <typename Scalar>
void Squares(const Scalar* parts, const Scalar* weights, const Scalar* scale, double* sums,
             const SquaresShape& shape) {
  const auto [rows, groups, inner, combinations] = shape;
  const E::Map<const Matrix<Scalar>> all(parts, groups * rows, inner);
  const E::Map<const Matrix<Scalar>> by(weights, inner, combinations);
  const E::Map<const E::Array<Scalar, E::Dynamic, E::Dynamic>> scales(scale, rows, combinations);
  E::Map<Matrix<double>> out(sums, combinations, groups);
  // So few at once that they stay in the cache.
  const std::ptrdiff_t at_once = rows < 2048 ? 2048 / rows : 1;
  Matrix<Scalar> combined;
  for (std::ptrdiff_t first = 0; first < groups; first += at_once) {
    const std::ptrdiff_t count = groups - first < at_once ? groups - first : at_once;
    combined.noalias() = all.middleRows(first * rows, count * rows) * by;
    for (std::ptrdiff_t c = 0; c < combinations; ++c) {
      for (std::ptrdiff_t g = 0; g < count; ++g) {
        const Scalar sum =
            (combined.col(c).segment(g * rows, rows).array() * scales.col(c)).square().sum();
        out(c, first + g) = static_cast<double>(sum);
      }
    }
  }
}

bool Tridiagonalise(double* matrix, double* diagonal, double* below, double* values,
                    std::ptrdiff_t n) {
  using Vector = E::Matrix<double, E::Dynamic, 1>;
  E::Map<Matrix<double>> in_place(matrix, n, n);
  const E::Tridiagonalization<Matrix<double>> reduced(in_place);
  const Vector d = reduced.diagonal(), b = reduced.subDiagonal();
  in_place = reduced.matrixQ();
  // Scaled, as the solver's test of convergence wants it, and without what is rounding: of a matrix
  // of low rank most of b.
  const double largest_d = d.cwiseAbs().maxCoeff();
  const double largest_b = n > 1 ? b.cwiseAbs().maxCoeff() : 0;
  const double largest = largest_d > largest_b ? largest_d : largest_b;
  const double scale = largest > 0 ? largest : 1;
  const Vector small = (b.array().abs() > 1e-16 * scale).select(b / scale, 0.0);
  E::SelfAdjointEigenSolver<Matrix<double>> solver;
  solver.computeFromTridiagonal(d / scale, small, E::EigenvaluesOnly);
  if (solver.info() != E::Success) return false;
  E::Map<Vector>(diagonal, n) = d;
  E::Map<Vector>(below, n - 1) = b;
  E::Map<Vector>(values, n) = scale * solver.eigenvalues();
  return true;
}

bool Solve(double* matrix, double alpha, double* b, std::ptrdiff_t n, std::ptrdiff_t columns) {
  E::Map<Matrix<double>> in_place(matrix, n, n);
  in_place.diagonal().array() += alpha;
  const E::LLT<E::Ref<Matrix<double>>> factors(in_place);
  if (factors.info() != E::Success) return false;
  E::Map<Matrix<double>> solved(b, n, columns);
  factors.solveInPlace(solved);
  return true;
}

template <typename Scalar>
constexpr PackedKernels<Scalar> kPacked = {Tiles<Scalar>::Size, Tiles<Scalar>::Pack,
                                           Tiles<Scalar>::Product};

constexpr DenseKernels kKernels = {Multiply,       kPacked<double>, kPacked<float>, Squares<double>,
                                   Squares<float>, Tridiagonalise,  Solve};

}  // namespace
}  // namespace ventral
