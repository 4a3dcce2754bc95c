#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <Eigen/Eigenvalues>

#include "scoring/metrics/dense_kernels.h"

#define VENTRAL_EIGEN Eigen
#include "scoring/metrics/dense_kernels_body.h"

namespace ventral {
const DenseKernels kPlainKernels = kKernels;
}
