// Random numbers that are the same on every machine and compiler: xoshiro256** 1.0 (Blackman &
// Vigna 2018), started by SplitMix64. The standard library's distributions are not portable, so
// none is used.
#ifndef VENTRAL_SCORING_BASE_RANDOM_H_
#define VENTRAL_SCORING_BASE_RANDOM_H_

#include <array>
#include <cstdint>
#include <vector>

#include "scoring/base/units.h"

namespace ventral {

// One stream of a seed. Streams of other numbers are independent of it, so that work can be divided
// among threads by stream without a change of any bit.
class RandomStream {
 public:
  RandomStream(Seed seed, std::uint64_t stream);

  std::uint64_t Next();
  // Uniform on 0 … n − 1, without bias (Lemire 2019). Requires n > 0.
  std::uint64_t Below(std::uint64_t n);
  // 0 … n − 1 in random order (Fisher–Yates).
  std::vector<int> Permutation(int n);

 private:
  std::array<std::uint64_t, 4> state_;
};

}  // namespace ventral

#endif  // VENTRAL_SCORING_BASE_RANDOM_H_
