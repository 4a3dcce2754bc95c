// One layer's encoding score: its folds, and what is made of them.
#ifndef VENTRAL_SCORING_METRICS_ENCODING_LAYER_H_
#define VENTRAL_SCORING_METRICS_ENCODING_LAYER_H_

#include <Eigen/Core>
#include <span>
#include <vector>

#include "scoring/base/gram.h"
#include "scoring/base/result.h"
#include "scoring/base/score_report.h"
#include "scoring/metrics/encoding.h"
#include "scoring/metrics/encoding_interval.h"
#include "scoring/metrics/fold_source.h"
#include "scoring/metrics/neuroids.h"

namespace ventral {

// Where the cores go, 0 being all of them: to layers, where there are enough; or to the folds of
// one layer after the other, which also bounds the memory; or into the fits.
struct Threads {
  unsigned layers = 1, folds = 1, fit = 1;
};
Threads Share(std::size_t layers, std::size_t folds);

// What every layer is scored with. References outlive it.
struct EncodingWalk {
  const Neuroids& neuroids;
  const std::vector<Fold>& folds;
  // [fold]: its training stimuli, divided again; empty where no layer is chosen on them.
  std::vector<std::vector<Fold>> choice_folds;
  const EncodingOptions& options;
  const FoldSource& source;
  Seed seed;
  Threads threads;
};

struct LayerFit {
  LayerScore score;
  // Empty where the score is undefined:
  Eigen::MatrixXd r;             // [neuroid × fold]
  std::vector<bool> remarkable;  // [fold]
  Resamples resamples;
  std::vector<double> choice;  // [fold]: the score within its training stimuli; may be NaN
};

// Every layer, in order. @error other than of one layer (which is undefined then).
Result<std::vector<LayerFit>> ScoreLayers(std::span<const Gram> layers, const EncodingWalk& walk);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_ENCODING_LAYER_H_
