// Numbers on many resamples.
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
#include "scoring/inference/resamples.h"
#include "scoring/metrics/option_reader.h"

namespace ventral {

// What an option interval_over may be, and the kind of interval that holds the truth as often as it
// says (bench/coverage): percentiles are too narrow for few subjects.
struct OverKind {
  const char* over;
  const char* kind;  // "percentile" or "t"
};
// Options interval_over (one of `overs`, the first where absent), interval (percentile, t),
// bootstrap (number of resamples, 0 for no interval; default 1000).
// @error invalid_input where percentiles of both are asked for.
Result<IntervalRule> ReadIntervalRule(OptionReader& reader, const std::vector<OverKind>& overs);

// `which`: of the subjects of the recording, those that count.
// @error invalid_input for an interval over subjects of fewer than two.
inline constexpr char kWithNeuroids[] = " with reliable neuroids";
Status CheckIntervalOver(const IntervalRule& interval, std::size_t subjects,
                         const std::string& recording, const char* which = "");

// Some numbers on the same resamples: [number × resample]; NaN where one is undefined.
struct Resampled {
  Eigen::MatrixXd one;             // where one thing is drawn; stimuli, where both are
  Eigen::MatrixXd subjects, both;  // of kBoth, the same draws alone and together

  Resampled() = default;
  Resampled(Eigen::Index numbers, const IntervalRule& rule);
  Resamples Row(Eigen::Index number) const;
};

// The numbers [number], each subject standing as often as it says, …
using OfSubjects = std::function<Eigen::VectorXd(const Eigen::VectorXd& subject_counts)>;
// … in a sample that has each stimulus as often as it says.
using OfStimuli = std::function<OfSubjects(const Eigen::VectorXd& stimulus_counts)>;

// Σ counts·values / Σ counts; values that count 0 times may be NaN.
double WeightedMean(const Eigen::RowVectorXd& values, const Eigen::VectorXd& counts);

// Resample `number` draws ResampleCounts of the stimuli and SubjectCounts of the subjects, whatever
// the threads (0: all cores). Requires that rule.over is not kNeuroids.
Resampled Bootstrap(const OfStimuli& statistic, Eigen::Index numbers, const Drawable& drawable,
                    const IntervalRule& rule, Seed seed, unsigned threads);

// inference/resamples.h, of row `number`.
std::optional<Interval> IntervalOf(double value, const Resampled& resampled, Eigen::Index number,
                                   const IntervalRule& rule, const Drawable& drawable);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_RESAMPLED_H_
