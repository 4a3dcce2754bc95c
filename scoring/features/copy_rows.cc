#include "scoring/features/copy_rows.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace ventral {
namespace {

constexpr std::int64_t kLanes = 16;
constexpr std::int64_t kAhead = 256;  // values: what is read so much later is fetched already

// Of a multiple of kLanes values; value i goes to lane i mod kLanes, so that every way of doing it
// gives the same bits.
using Kernel = void (*)(const float* from, float* to, std::int64_t count, double* lanes);

void Plain(const float* from, float* to, std::int64_t count, double* lanes) {
  for (std::int64_t i = 0; i < count; i += kLanes) {
    for (std::int64_t lane = 0; lane < kLanes; ++lane) {
      to[i + lane] = from[i + lane];
      lanes[lane] += from[i + lane];
    }
  }
}

#ifdef __x86_64__
// Streamed past the caches where `to` begins at a multiple of 32 bytes: nobody reads the copy soon.
__attribute__((target("avx2"))) void Avx2(const float* from, float* to, std::int64_t count,
                                          double* lanes) {
  const bool stream = reinterpret_cast<std::uintptr_t>(to) % 32 == 0;
  __m256d sums[4];
  for (int part = 0; part < 4; ++part) sums[part] = _mm256_loadu_pd(lanes + 4 * part);
  for (std::int64_t i = 0; i < count; i += kLanes) {
    _mm_prefetch(from + i + kAhead, _MM_HINT_T0);  // behind the end, too: it reads nothing
    for (int half = 0; half < 2; ++half) {
      const __m256 values = _mm256_loadu_ps(from + i + 8 * half);
      float* const place = to + i + 8 * half;
      stream ? _mm256_stream_ps(place, values) : _mm256_storeu_ps(place, values);
      __m256d& low = sums[2 * half];
      __m256d& high = sums[2 * half + 1];
      low = _mm256_add_pd(low, _mm256_cvtps_pd(_mm256_castps256_ps128(values)));
      high = _mm256_add_pd(high, _mm256_cvtps_pd(_mm256_extractf128_ps(values, 1)));
    }
  }
  for (int part = 0; part < 4; ++part) _mm256_storeu_pd(lanes + 4 * part, sums[part]);
  _mm_sfence();
}
#endif

Kernel BestKernel() {
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx2")) return Avx2;
#endif
  return Plain;
}

double CopyBy(Kernel kernel, const float* from, float* to, std::int64_t count) {
  double lanes[kLanes] = {};
  const std::int64_t whole = count - count % kLanes;
  kernel(from, to, whole, lanes);
  double sum = 0;
  for (std::int64_t i = whole; i < count; ++i) sum += to[i] = from[i];
  for (const double lane : lanes) sum += lane;
  return sum;
}

}  // namespace

double CopyAndSum(const float* from, float* to, std::int64_t count) {
  static const Kernel kernel = BestKernel();
  return CopyBy(kernel, from, to, count);
}

double CopyAndSumPlainly(const float* from, float* to, std::int64_t count) {
  return CopyBy(Plain, from, to, count);
}

}  // namespace ventral
