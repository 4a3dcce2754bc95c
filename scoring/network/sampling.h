// How often a network that draws random numbers is run, and from which seed.
#ifndef VENTRAL_SCORING_NETWORK_SAMPLING_H_
#define VENTRAL_SCORING_NETWORK_SAMPLING_H_

#include <cstdint>

namespace ventral {

// Features are the mean over `samples` runs. Each stimulus is run on its own, from a seed made of
// `seed`, its place and the sample, so that neither batches nor passes change what is drawn.
struct Sampling {
  std::int64_t samples = 1;
  std::uint64_t seed = 0;
};

inline constexpr std::int64_t kMostSamples = 1000;

// splitmix64 of all three (Steele et al. 2014): nearby places draw unrelated numbers.
constexpr std::uint64_t SeedOf(const Sampling& sampling, std::int64_t stimulus,
                               std::int64_t sample) {
  std::uint64_t state = sampling.seed;
  for (const std::int64_t part : {stimulus, sample}) {
    state += 0x9e3779b97f4a7c15ULL * (static_cast<std::uint64_t>(part) + 1);
    state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9ULL;
    state = (state ^ (state >> 27)) * 0x94d049bb133111ebULL;
    state ^= state >> 31;
  }
  return state;
}

}  // namespace ventral

#endif  // VENTRAL_SCORING_NETWORK_SAMPLING_H_
