// From scores on resamples to an interval.
#ifndef VENTRAL_SCORING_METRICS_RESAMPLED_H_
#define VENTRAL_SCORING_METRICS_RESAMPLED_H_

#include <Eigen/Core>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "scoring/base/result.h"
#include "scoring/base/score_report.h"
#include "scoring/base/units.h"
#include "scoring/metrics/option_reader.h"

namespace ventral {

// What is drawn with replacement.
enum class Over { kNeuroids, kStimuli, kSubjects, kBoth };

struct IntervalRule {
  Over over = Over::kStimuli;
  bool t = false;  // from the variance of the resamples; else their percentiles
  int resamples = 0;
};

// Options interval_over (one of `overs`, the first where absent), interval (percentile, the default
// but for both; t), bootstrap (number of resamples, 0 for no interval; default 1000).
// @error invalid_input where percentiles of both are asked for.
Result<IntervalRule> ReadIntervalRule(OptionReader& reader, const std::vector<std::string>& overs);

// How many there are to draw from.
struct Drawable {
  int neuroids = 0, stimuli = 0, subjects = 0;
};

// Some numbers on the same resamples: [number × resample]; NaN where one is undefined.
struct Resampled {
  Eigen::MatrixXd one;             // where one thing is drawn; stimuli, where both are
  Eigen::MatrixXd subjects, both;  // of kBoth, the same draws alone and together

  Resampled() = default;
  Resampled(Eigen::Index numbers, const IntervalRule& rule);
};

// The numbers [number], each subject standing as often as it says, …
using OfSubjects = std::function<Eigen::VectorXd(const Eigen::VectorXd& subject_counts)>;
// … in a sample that has each stimulus as often as it says.
using OfStimuli = std::function<OfSubjects(const Eigen::VectorXd& stimulus_counts)>;

// Resample `number` draws ResampleCounts of the stimuli and SubjectCounts of the subjects, whatever
// the threads (0: all cores). Requires that rule.over is not kNeuroids.
Resampled Bootstrap(const OfStimuli& statistic, Eigen::Index numbers, const Drawable& drawable,
                    const IntervalRule& rule, Seed seed, unsigned threads);

// The variance of a score over new stimuli and new subjects (Schütt, Kipnis, Diedrichsen &
// Kriegeskorte 2023, eLife 12:e82566, corrected dual bootstrap), from those of resamples in which
// stimuli, subjects, and both were drawn. Drawing both counts the noise of single measurements
// three times, so with a = n/(n − 1) of each factor
//   a_s·v_s + a_r·v_r − a_s·a_r·(v_both − v_s − v_r),
// no less than either of the first terms and no more than v_both.
double DualVariance(double stimuli, double subjects, double both, const Drawable& drawable);

// Of 95 %, of row `number`. Percentile: Efron 1979. t: value ± t·√variance, the
// variance of the resamples times n/(n − 1), or DualVariance; n − 1 degrees of freedom, of both
// those of the fewer. nullopt where fewer than two resamples have a score, or t has no n above 1.
std::optional<Interval> IntervalOf(double value, const Resampled& resampled, Eigen::Index number,
                                   const IntervalRule& rule, const Drawable& drawable);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_RESAMPLED_H_
