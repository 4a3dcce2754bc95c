// Representational similarity analysis (Kriegeskorte, Mur & Bandettini 2008).
#ifndef VENTRAL_SCORING_METRICS_RSA_H_
#define VENTRAL_SCORING_METRICS_RSA_H_

#include "scoring/metrics/metric.h"

namespace ventral {

// Metric "rsa": each layer's RDM compared with each subject's; the score is the mean over subjects.
// Normalised: divided by the upper bound of the noise ceiling (rsa_ceiling.h), rule
// "r/ceiling_upper". Options: rdm (correlation | cosine | euclidean), comparator (rdm_comparator.h;
// default spearman), layer_choice (best | committed), bootstrap (resamples of the stimuli, 0 for no
// interval; default 1000).
const Metric& RsaMetric();

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_RSA_H_
