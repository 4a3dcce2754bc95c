// The reverse direction: a layer predicted from neuroids.
#ifndef VENTRAL_SCORING_METRICS_REVERSE_RIDGE_H_
#define VENTRAL_SCORING_METRICS_REVERSE_RIDGE_H_

#include "scoring/metrics/metric.h"

namespace ventral {

// Metric "reverse_ridge": how much of a layer's variance over stimuli can be read out of the
// recording, which is low for a layer that does much the brain does not (Muzellec & Kar 2025,
// "Reverse predictivity"). In each fold every unit of the layer is predicted by ridge regression
// from a subject's neuroids, and the score is R² on the held-out stimuli,
//   1 − Σ|x_i − x̂_i|² / Σ|x_i − x̄|²,
// sums over held-out stimuli and units, x̄ the held-out mean: sklearn's r2_score with
// multioutput="variance_weighted". It may be below 0. All of it is exact from the layer's Gram
// matrix. Mean over folds, then subjects. No ceiling. Options: those of ridge's penalties but
// penalty_for (units share one), min_reliability, ceiling_splits (for it), and those of
// held_out_score.h.
const Metric& ReverseRidgeMetric();

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_REVERSE_RIDGE_H_
