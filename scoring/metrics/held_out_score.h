// Scores made of what a fit says of stimuli that it has not seen, where that is more than a number
// a neuroid: an RDM of predictions, the variance of a whole layer.
#ifndef VENTRAL_SCORING_METRICS_HELD_OUT_SCORE_H_
#define VENTRAL_SCORING_METRICS_HELD_OUT_SCORE_H_

#include <Eigen/Core>
#include <memory>
#include <span>
#include <string>

#include "scoring/base/gram.h"
#include "scoring/base/result.h"
#include "scoring/base/score_report.h"
#include "scoring/metrics/metric.h"
#include "scoring/metrics/neuroids.h"
#include "scoring/metrics/option_reader.h"
#include "scoring/metrics/penalty_options.h"
#include "scoring/metrics/resampled.h"
#include "scoring/metrics/rsa_ceiling.h"
#include "scoring/metrics/split.h"

namespace ventral {

// How a read-out is fitted, on which neuroids and stimuli.
struct HeldOutOptions {
  Penalties penalties;
  Split split;
  IntervalRule interval;
  std::string layer_choice;
  int ceiling_splits = 0;
  double min_reliability = 0;
};
// Options of the split, layer_choice, interval_over (stimuli, subjects, both), interval, bootstrap.
// @error as ReadSplit.
Status ReadHeldOutRules(OptionReader& reader, HeldOutOptions& read);
// These, and options of ridge's penalties (penalty_for only where `for_neuroids`),
// min_reliability, ceiling_splits. @error as ReadPenalties, ReadSplit.
Result<HeldOutOptions> ReadHeldOutOptions(OptionReader& reader, const Question& question,
                                          bool for_neuroids);

struct HeldOutMaterial {
  Neuroids neuroids;
  std::vector<Fold> folds;
};
// @error invalid_input as SelectNeuroids, MakeFolds, CheckInnerFolds, CheckIntervalOver.
Result<HeldOutMaterial> HeldOutMaterialOf(const Question& question, const HeldOutOptions& options);

// One layer in one fold, the fold's i-th test stimulus standing counts(i) times.
class HeldOutFit {
 public:
  virtual ~HeldOutFit() = default;
  // [subject]; NaN where it is not defined.
  virtual Eigen::VectorXd Scores(const Eigen::VectorXd& counts) const = 0;
};

// The recording in one fold.
class HeldOutBounds {
 public:
  virtual ~HeldOutBounds() = default;
  virtual CeilingBounds Bounds(const Eigen::VectorXd& counts,
                               const Eigen::VectorXd& subject_counts) const = 0;
};

// Called for several layers and folds at once.
class HeldOutModel {
 public:
  virtual ~HeldOutModel() = default;
  // @error invalid_input if the layer cannot be fitted.
  virtual Result<std::unique_ptr<const HeldOutFit>> Fit(const Gram& layer,
                                                        const Fold& fold) const = 0;
  // nullptr where there is no ceiling.
  virtual std::unique_ptr<const HeldOutBounds> Ceiling(const Fold&) const { return nullptr; }
};

// Fills in `score`, which has counts, notes and, as rule, the unit ("r" becomes "r/ceiling_upper");
// where the model has a ceiling, with its method. A layer's score is the mean over subjects of the
// mean over folds, the ceiling's bounds likewise (`value` is the upper). "cross_validated": for
// each fold the layer of the highest mean score within its training stimuli, which are divided
// again. Intervals from Bootstrap, the fits as they are.
// @error invalid_input as ChooseLayer; of the model, other than invalid_input.
Result<BenchmarkScore> ScoreHeldOut(const Question& question, std::span<const Gram> layers,
                                    const std::vector<Fold>& folds, const HeldOutOptions& options,
                                    const HeldOutModel& model, BenchmarkScore score);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_HELD_OUT_SCORE_H_
