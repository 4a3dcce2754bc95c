// How far an encoding score would move with other neuroids, subjects or stimuli.
#ifndef VENTRAL_SCORING_METRICS_ENCODING_INTERVAL_H_
#define VENTRAL_SCORING_METRICS_ENCODING_INTERVAL_H_

#include <Eigen/Core>
#include <optional>
#include <vector>

#include "scoring/base/score_report.h"
#include "scoring/base/units.h"
#include "scoring/metrics/folds.h"
#include "scoring/metrics/pooled_score.h"

namespace ventral {

// All three: percentile intervals of 95 % (Efron 1979) from `resamples` draws with replacement, the
// same draws for every layer, all else held fixed; nullopt for 0 resamples, or where no resample
// has a score.

// `r` [neuroid × fold]: each subject's neuroids are drawn.
std::optional<Interval> NeuroidInterval(const Eigen::MatrixXd& r, const Pool& pool, Seed seed,
                                        int resamples);
// Whole subjects are drawn.
std::optional<Interval> SubjectInterval(const Eigen::MatrixXd& r, const Pool& pool, Seed seed,
                                        int resamples);

// What one fold predicted of its held-out stimuli, and what was recorded.
struct FoldPrediction {
  Eigen::MatrixXd predicted, recorded;  // [test stimulus × neuroid]
};

// Stimuli are drawn; a fold's held-out stimuli count as often as they were, and the fits stay as
// they are. A fold in which fewer than three different ones were drawn has no r in that resample.
// Up to `threads` threads (0: all cores).
std::optional<Interval> StimulusInterval(const std::vector<FoldPrediction>& predictions,
                                         const std::vector<Fold>& folds, int stimuli,
                                         const Pool& pool, Seed seed, int resamples,
                                         unsigned threads);

// Pearson r of the columns of `predicted` and `recorded`, each row counting as often as a row of
// `counts` [resample × row] says: [resample × column]. NaN where one does not vary over the rows
// that count, or where fewer than three do.
Eigen::MatrixXd WeightedCorrelations(const FoldPrediction& fold, const Eigen::MatrixXd& counts);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_ENCODING_INTERVAL_H_
