// Representational similarity analysis (Kriegeskorte, Mur & Bandettini 2008).
#ifndef VENTRAL_SCORING_METRICS_RSA_H_
#define VENTRAL_SCORING_METRICS_RSA_H_

#include "scoring/metrics/metric.h"

namespace ventral {

// Metric "rsa": each layer's RDM compared with each subject's; the score is the mean over subjects.
// Normalised: divided by the upper bound of the noise ceiling (rsa_ceiling.h), rule
// "r/ceiling_upper". Options: rdm (of layers: correlation | cosine | euclidean), comparator
// (rdm_comparator.h; default spearman), of responses recording_rdm (response_rdm.h; default
// correlation) and noise (noise_covariance.h; default shrinkage_diagonal), and those of
// rdm_score.h.
const Metric& RsaMetric();

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_RSA_H_
