// From a score on resamples to its interval.
#ifndef VENTRAL_SCORING_INFERENCE_RESAMPLES_H_
#define VENTRAL_SCORING_INFERENCE_RESAMPLES_H_

#include <optional>
#include <string>
#include <vector>

#include "scoring/base/interval.h"

namespace ventral {

// What is drawn with replacement.
enum class Over { kNeuroids, kStimuli, kSubjects, kBoth };

struct IntervalRule {
  Over over = Over::kStimuli;
  bool t = false;  // from the variance of the resamples; else their percentiles
  int resamples = 0;
};

// "bootstrap_stimuli_percentile", "bootstrap_both_t": what Interval::method says, and back.
std::string MethodName(const IntervalRule& rule);
std::optional<IntervalRule> RuleNamed(const std::string& method, int resamples);

// How many there are to draw from.
struct Drawable {
  int neuroids = 0, stimuli = 0, subjects = 0;
};

// The variance of a score over new stimuli and new subjects (Schütt, Kipnis, Diedrichsen &
// Kriegeskorte 2023, eLife 12:e82566, corrected dual bootstrap), from those of resamples in which
// stimuli, subjects, and both were drawn. Drawing both counts the noise of single measurements
// three times, so with a = n/(n − 1) of each factor
//   a_s·v_s + a_r·v_r − a_s·a_r·(v_both − v_s − v_r),
// no less than either of the first terms and no more than v_both.
double DualVariance(double stimuli, double subjects, double both, const Drawable& drawable);

// Percentile interval (Efron 1979), numpy.percentile's linear rule. NaN values are left out.
// Requires one finite value at least.
Interval PercentileInterval(std::vector<double> values, double level, std::string method);

struct StandardError {
  double value = 0;
  int dof = 0;  // n − 1; of both, Satterthwaite's of a_s·v_s and a_r·v_r, rounded down
  std::int64_t resamples = 0;
};
// The variance is that of the resamples times n/(n − 1), or DualVariance. (rsatoolbox takes as many
// degrees of freedom as the fewer of stimuli and subjects have, which makes intervals too wide
// where most of the variance is the other's: bench/RESULTS.md has the coverage.) nullopt where fewer
// than two resamples, or than 95 %, have a score (those that have none are not like the others: of
// few subjects, those that drew one alone), or there is no n above 1.
std::optional<StandardError> ErrorOf(const Resamples& resamples, const IntervalRule& rule,
                                     const Drawable& drawable);

// Of 95 %: the percentiles, or value ± t·ErrorOf. nullopt as ErrorOf.
std::optional<Interval> IntervalOf(double value, const Resamples& resamples,
                                   const IntervalRule& rule, const Drawable& drawable);

}  // namespace ventral

#endif  // VENTRAL_SCORING_INFERENCE_RESAMPLES_H_
