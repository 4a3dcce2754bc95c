// Centred kernel alignment.
#ifndef VENTRAL_SCORING_METRICS_CKA_H_
#define VENTRAL_SCORING_METRICS_CKA_H_

#include "scoring/metrics/metric.h"

namespace ventral {

// Metric "cka": linear CKA of each layer with each subject's responses (Kornblith et al. 2019,
// "Similarity of neural network representations revisited"), HSIC(K, L)/√(HSIC(K, K)·HSIC(L, L)) of
// the Gram matrices over stimuli; the score is the mean over subjects. Options: estimator
// (unbiased: HSIC of Song et al. 2012, JMLR 13:1393, eq. 5, the default and Brain-Score's cka;
// biased), and those of rdm_score.h. CKA is a comparison of squared Euclidean RDMs: biased the
// whitened cosine, unbiased the U-centred one (rdm_comparator.h), so ceiling, interval and choice
// of layer are RSA's.
const Metric& CkaMetric();

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_CKA_H_
