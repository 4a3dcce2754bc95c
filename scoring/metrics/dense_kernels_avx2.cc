// Eigen once more, for AVX2 and FMA. It gets a namespace of its own, or the linker would take its
// functions for those that must run on any processor.
#if defined(__x86_64__)
// clang-format off
#include "scoring/metrics/dense_kernels_standard.h"
#include "scoring/metrics/dense_kernels.h"

#pragma GCC push_options
#pragma GCC target("avx2,fma")
// g++ before 13 reads a whole file before it looks at the pragma, so that Eigen would not know.
#ifndef __SSE3__
#define __SSE3__ 1
#endif
#ifndef __SSSE3__
#define __SSSE3__ 1
#endif
#ifndef __SSE4_1__
#define __SSE4_1__ 1
#endif
#ifndef __SSE4_2__
#define __SSE4_2__ 1
#endif
#ifndef __AVX__
#define __AVX__ 1
#endif
#ifndef __AVX2__
#define __AVX2__ 1
#endif
#ifndef __FMA__
#define __FMA__ 1
#endif
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
