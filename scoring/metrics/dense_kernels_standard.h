// What Eigen takes from the standard library, to be included before Eigen is compiled for a
// processor of its own: else the linker would take those functions, too, for ones that run
// anywhere.
#ifndef VENTRAL_SCORING_METRICS_DENSE_KERNELS_STANDARD_H_
#define VENTRAL_SCORING_METRICS_DENSE_KERNELS_STANDARD_H_

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <climits>
#include <cmath>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <iosfwd>
#include <limits>
#include <list>
#include <map>
#include <memory>
#include <new>
#include <ostream>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#endif  // VENTRAL_SCORING_METRICS_DENSE_KERNELS_STANDARD_H_
