// Encoding model: neuroids predicted from a layer by partial least squares.
#ifndef VENTRAL_SCORING_METRICS_PLS_H_
#define VENTRAL_SCORING_METRICS_PLS_H_

#include "scoring/metrics/metric.h"

namespace ventral {

// Metric "pls": encoding (encoding.h) by kernel_pls.h, all neuroids together (Brain-Score's pls:
// Yamins et al. 2014, PNAS 111:8619; Schrimpf et al. 2018, bioRxiv 407007). Options: components
// (default 25), and those of every encoding metric. A layer that spans fewer dimensions is fitted
// on all that it spans; a note says so where it is the headline.
const Metric& PlsMetric();

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_PLS_H_
