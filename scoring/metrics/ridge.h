// Encoding model: neuroids predicted from a layer by ridge regression.
#ifndef VENTRAL_SCORING_METRICS_RIDGE_H_
#define VENTRAL_SCORING_METRICS_RIDGE_H_

#include "scoring/metrics/metric.h"

namespace ventral {

// Metric "ridge": in each fold Pearson r per neuroid between predicted and recorded responses to
// held-out stimuli, median over neuroids; the score is the mean over folds (as Brain-Score's
// regression metrics). Normalised: r / √reliability, both medians over neuroids. Options:
//   penalty (one number) or penalties (list; chosen by leave-one-out within each fold's training
//     stimuli, one for all neuroids; default 0.01, 0.1, … 1e8);
//   penalty_scale: absolute (default; scikit-learn's alpha) | relative (times the mean diagonal of
//     the centred training Gram matrix, so that one grid fits layers of any width), dual_ridge.h;
//   folds (default 10), layer_choice (best | committed), bootstrap (resamples of the neuroids, 0
//   for no
//     interval; default 1000);
//   ceiling_splits (random halves of the trials, default 100), min_reliability (neuroids below it
//   are
//     left out and counted, default 0.1). Both matter only where the benchmark names trials.
const Metric& RidgeMetric();

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_RIDGE_H_
