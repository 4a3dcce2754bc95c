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
#include "scoring/metrics/resampled.h"

namespace ventral {

// What one fold predicted of its held-out stimuli, and what was recorded.
struct FoldPrediction {
  Eigen::MatrixXd predicted, recorded;  // [test stimulus × neuroid]
  // ∂r/∂w(i), w(i) being how often training stimulus i counts: [training stimulus × neuroid]; empty
  // where that is not known.
  Eigen::MatrixXd influence = {};
};

// What a score is made of: r = Pearson's of the predictions. These are wanted where stimuli are
// drawn.
struct EncodingFit {
  Eigen::MatrixXd r;                        // [neuroid × fold]
  std::vector<FoldPrediction> predictions;  // [fold]
};

// Whether `rule` asks for predictions.
bool DrawsStimuli(const IntervalRule& rule);

// The score (pool.Score) on resamples, the same draws for every layer, all else held fixed:
//   neuroids  each subject's neuroids are drawn;
//   subjects  whole subjects are;
//   stimuli   a fold's held-out stimuli count as often as they were drawn, and a training stimulus
//             drawn k times moves r by k − 1 times its influence, which is what fitting the
//             resample would do to first order (the infinitesimal jackknife: Jaeckel 1972; Efron
//             1982, 6); where influences are not known, fits stay as they are. A fold in which
//             fewer than three different held-out stimuli were drawn has no r;
//   both      stimuli and subjects, alone and together.
// Up to `threads` threads (0: all cores). One row.
Resampled ResampleEncoding(const EncodingFit& fit, const std::vector<Fold>& folds, int stimuli,
                           const Pool& pool, const IntervalRule& rule, Seed seed, unsigned threads);

struct ResampledInterval {
  std::optional<Interval> interval;
  Resamples resamples;
};
// The same, and the interval of `value`.
ResampledInterval EncodingInterval(double value, const EncodingFit& fit,
                                   const std::vector<Fold>& folds, int stimuli, const Pool& pool,
                                   const IntervalRule& rule, Seed seed, unsigned threads);

// The derivative of ColumnCorrelations by the predictions: [test stimulus × neuroid]; 0 where r is
// not defined.
Eigen::MatrixXd CorrelationGradient(const FoldPrediction& fold);

// Pearson r of the columns of `predicted` and `recorded`, each row counting as often as a row of
// `counts` [resample × row] says: [resample × column]. NaN where one does not vary over the rows
// that count, or where fewer than three do.
Eigen::MatrixXd WeightedCorrelations(const FoldPrediction& fold, const Eigen::MatrixXd& counts);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_ENCODING_INTERVAL_H_
