// Arrays in column order, so that code compiled for different processors shares no type.
#ifndef VENTRAL_SCORING_METRICS_DENSE_KERNELS_H_
#define VENTRAL_SCORING_METRICS_DENSE_KERNELS_H_

#include <cstddef>

namespace ventral {

// For products of one matrix a [rows × inner] with many: `pack` writes it as `product` reads it, in
// `size` numbers.
template <typename Scalar>
struct PackedKernels {
  std::ptrdiff_t (*size)(std::ptrdiff_t rows, std::ptrdiff_t inner);
  void (*pack)(const Scalar* a, Scalar* packed, std::ptrdiff_t rows, std::ptrdiff_t inner);
  // c [rows × columns] = a · b [inner × columns]. Requires inner > 0.
  void (*product)(const Scalar* packed, const Scalar* b, Scalar* c, std::ptrdiff_t rows,
                  std::ptrdiff_t inner, std::ptrdiff_t columns);
};

// parts [groups·rows × inner], weights [inner × combinations]
struct SquaresShape {
  std::ptrdiff_t rows, groups, inner, combinations;
};

struct DenseKernels {
  // c [rows × columns] = a [rows × inner] · b [inner × columns]
  void (*product)(const double* a, const double* b, double* c, std::ptrdiff_t rows,
                  std::ptrdiff_t inner, std::ptrdiff_t columns);
  PackedKernels<double> packed;
  PackedKernels<float> packed_float;
  // Row r, column c of `parts` is number r % rows of group r / rows. Of each combination of
  // columns, times `scale` [rows × combination], the sum of squares over a group: [combination ×
  // group].
  void (*squares)(const double* parts, const double* weights, const double* scale, double* sums,
                  const SquaresShape& shape);
  void (*squares_float)(const float* parts, const float* weights, const float* scale, double* sums,
                        const SquaresShape& shape);
  // `matrix` [n × n] becomes Q; values: its eigenvalues.
  bool (*tridiagonalise)(double* matrix, double* diagonal, double* below, double* values,
                         std::ptrdiff_t n);
  // `matrix` [n × n] is overwritten; b [n × columns] becomes (matrix + αI)⁻¹·b.
  bool (*solve_positive)(double* matrix, double alpha, double* b, std::ptrdiff_t n,
                         std::ptrdiff_t columns);
};

// For any processor; for an x86-64 with AVX2 and FMA; for one with AVX-512 (F, DQ, VL), too.
extern const DenseKernels kPlainKernels;
extern const DenseKernels kAvx2Kernels;
extern const DenseKernels kAvx512Kernels;

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_DENSE_KERNELS_H_
