// The training stimuli of a fold, divided again to choose a penalty.
#ifndef VENTRAL_SCORING_METRICS_INNER_FOLDS_H_
#define VENTRAL_SCORING_METRICS_INNER_FOLDS_H_

#include <vector>

#include "scoring/base/result.h"
#include "scoring/metrics/centred_fold.h"
#include "scoring/metrics/dual_ridge.h"
#include "scoring/metrics/folds.h"

namespace ventral {

// penalties.inner_folds of rows of gram.train, in random order. Where the stimuli have groups, none
// is divided; of fewer groups there are fewer folds, and of one the stimuli are shuffled.
std::vector<Fold> InnerFolds(const CentredGram& gram, const Penalties& penalties);

// @error invalid_input if a fold has too few training stimuli for the inner folds, or too few
//   groups of them.
Status CheckInnerFolds(const Penalties& penalties, const std::vector<Fold>& folds);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_INNER_FOLDS_H_
