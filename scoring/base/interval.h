// How far a score would move, and how high it could be.
#ifndef VENTRAL_SCORING_BASE_INTERVAL_H_
#define VENTRAL_SCORING_BASE_INTERVAL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ventral {

struct Interval {
  double lower = 0;
  double upper = 0;
  double level = 0.95;  // Fraction of resamples inside
  std::string method;   // "bootstrap_stimuli_percentile", "bootstrap_both_t"
  std::int64_t resamples = 0;
};

// A score on the resamples of its interval, in order; NaN where one has none. Scores of one
// benchmark, pack version, seed and scorer version have the same draws, so models can be compared
// resample by resample.
struct Resamples {
  std::vector<double> one;             // where one thing is drawn; stimuli, where both are
  std::vector<double> subjects, both;  // where stimuli and subjects are drawn, alone and together
};

// The best score that a perfect model could reach, given the noise of the recording.
// RSA: lower and upper bound (Nili et al. 2014). Encoding: `value` from split halves, no bounds.
struct Ceiling {
  double value = 0;  // the number that `normalised` divides by
  std::optional<double> lower;
  std::optional<double> upper;
  std::string method;                      // "nili2014_rank_mean", "sqrt_split_half_spearman_brown"
  std::optional<Interval> interval;        // of value, from the resamples of the scores
  std::optional<Interval> lower_interval;  // of lower
};

}  // namespace ventral

#endif  // VENTRAL_SCORING_BASE_INTERVAL_H_
