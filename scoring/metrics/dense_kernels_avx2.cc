// Eigen once more, for AVX2 and FMA. It gets a namespace of its own, or the linker would take its
// functions for those that must run on any processor.
#if defined(__x86_64__)
// clang-format off
#include "scoring/metrics/dense_kernels_standard.h"
#include "scoring/metrics/dense_kernels.h"

#pragma GCC push_options
#pragma GCC target("avx2,fma")
#include "scoring/metrics/dense_kernels_target.h"
#define Eigen EigenAvx2
#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#undef Eigen
static_assert(EigenAvx2::internal::packet_traits<double>::size == 4, "Eigen does not use what it may");

#define VENTRAL_EIGEN EigenAvx2
#include "scoring/metrics/dense_kernels_body.h"
#pragma GCC pop_options
// clang-format on

namespace ventral {
const DenseKernels kAvx2Kernels = kKernels;
}
#endif  // __x86_64__
