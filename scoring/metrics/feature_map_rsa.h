// Metric "feature_map_rsa": how well the RDMs of a layer's feature maps, weighted, explain recorded
// RDMs.
#ifndef VENTRAL_SCORING_METRICS_FEATURE_MAP_RSA_H_
#define VENTRAL_SCORING_METRICS_FEATURE_MAP_RSA_H_

#include "scoring/metrics/metric.h"

namespace ventral {

// For each fold and subject, weights w ≥ 0 of the squared Euclidean RDMs of the maps
// (feature_maps.h), fitted within the training stimuli to the pooled RDM of the other subjects (of
// one subject: to its own; rdm_mixture.h); the score is the comparison of Σ w_c·d_c with the
// subject's RDM within the held-out stimuli (Khaligh-Razavi & Kriegeskorte 2014;
// rsatoolbox.model.ModelWeighted, fit_regress_nn). Reads features.
const Metric& FeatureMapRsaMetric();

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_FEATURE_MAP_RSA_H_
