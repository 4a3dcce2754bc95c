// Simulated experiments whose true score can be had by making many.
#ifndef VENTRAL_BENCH_COVERAGE_EXPERIMENTS_H_
#define VENTRAL_BENCH_COVERAGE_EXPERIMENTS_H_

#include <cstdint>
#include <string>

#include "scoring/base/gram.h"
#include "scoring/base/recording.h"

namespace ventral {

// Seeds of what an experiment draws: of what is held fixed, that of all; of the rest, its own.
struct Seeds {
  std::uint64_t stimuli, subjects, neuroids;
};
// `over` is what the interval is over: stimuli, subjects, neuroids or both.
Seeds SeedsOf(const std::string& over, std::uint64_t experiment);

struct Experiment {
  Gram layer;
  Recording recording;
};

// The network has the features; each subject has the same, mixed in a way of its own, with noise
// for each stimulus that it sees.
Experiment RsaExperiment(int stimuli, int subjects, const Seeds& seeds);

// Each neuroid reads the features in a way of its own, with noise for each stimulus.
Experiment EncodingExperiment(int stimuli, int neuroids, const Seeds& seeds);

}  // namespace ventral

#endif  // VENTRAL_BENCH_COVERAGE_EXPERIMENTS_H_
