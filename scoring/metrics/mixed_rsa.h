// RSA with a read-out fitted to each neuroid.
#ifndef VENTRAL_SCORING_METRICS_MIXED_RSA_H_
#define VENTRAL_SCORING_METRICS_MIXED_RSA_H_

#include "scoring/metrics/metric.h"

namespace ventral {

// Metric "mixed_rsa" (Khaligh-Razavi, Henriksson, Kay & Kriegeskorte 2017, "Fixed versus mixed
// RSA", J. Math. Psychol. 76:184): in each fold every neuroid is predicted from the layer by ridge
// regression fitted on the training stimuli; the RDM of the predictions to the held-out stimuli is
// compared with the RDM of the responses recorded to them. Mean over folds, then subjects. Ceiling
// of two subjects or more: rsa_ceiling.h's bounds within the held-out stimuli. Options: those of
// ridge's penalties, rdm, comparator, min_reliability, ceiling_splits (for it), and those of
// held_out_score.h. A fold needs four held-out stimuli.
const Metric& MixedRsaMetric();

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_MIXED_RSA_H_
