// Encoding model: neuroids predicted from a layer by ridge regression.
#ifndef VENTRAL_SCORING_METRICS_RIDGE_H_
#define VENTRAL_SCORING_METRICS_RIDGE_H_

#include "scoring/metrics/metric.h"

namespace ventral {

// Metric "ridge": encoding (encoding.h) by dual_ridge.h. Options:
//   penalty (one number) or penalties (list, default 0.01, 0.1, … 1e8), of which the best is chosen
//     within each fold's training stimuli:
//   penalty_for: all (default; one for all neuroids) | each_neuroid;
//   penalty_by: leave_one_out (default, closed form) | kfold, with penalty_folds (default 5);
//   penalty_scale: absolute (default; scikit-learn's alpha) | relative (times the mean diagonal of
//     the centred training Gram matrix, so that one grid fits layers of any width);
//   and those of every encoding metric.
const Metric& RidgeMetric();

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_RIDGE_H_
