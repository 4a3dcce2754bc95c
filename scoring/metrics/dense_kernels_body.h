// The kernels of dense_kernels.h. Included once by each of dense_kernels_*.cc, after Eigen was
// compiled for their processor under a namespace of its own, VENTRAL_EIGEN.
#ifndef VENTRAL_EIGEN
#error "dense_kernels_*.cc say which Eigen"
#endif

namespace ventral {
namespace {

namespace E = VENTRAL_EIGEN;

template <typename Scalar>
using Matrix = E::Matrix<Scalar, E::Dynamic, E::Dynamic>;

template <typename Scalar>
void Multiply(const Scalar* a, const Scalar* b, Scalar* c, std::ptrdiff_t rows,
              std::ptrdiff_t inner, std::ptrdiff_t columns) {
  E::Map<Matrix<Scalar>>(c, rows, columns).noalias() =
      E::Map<const Matrix<Scalar>>(a, rows, inner) *
      E::Map<const Matrix<Scalar>>(b, inner, columns);
}

bool Tridiagonalise(double* matrix, double* diagonal, double* below, double* values,
                    std::ptrdiff_t n) {
  using Vector = E::Matrix<double, E::Dynamic, 1>;
  E::Map<Matrix<double>> in_place(matrix, n, n);
  const E::Tridiagonalization<Matrix<double>> reduced(in_place);
  const Vector d = reduced.diagonal(), b = reduced.subDiagonal();
  in_place = reduced.matrixQ();
  E::SelfAdjointEigenSolver<Matrix<double>> solver;
  solver.computeFromTridiagonal(d, b, E::EigenvaluesOnly);
  if (solver.info() != E::Success) return false;
  E::Map<Vector>(diagonal, n) = d;
  E::Map<Vector>(below, n - 1) = b;
  E::Map<Vector>(values, n) = solver.eigenvalues();
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

constexpr DenseKernels kKernels = {Multiply<double>, Multiply<float>, Tridiagonalise, Solve};

}  // namespace
}  // namespace ventral
