// RSA of many layers on many resamples of the stimuli.
#ifndef VENTRAL_SCORING_METRICS_RSA_BOOTSTRAP_H_
#define VENTRAL_SCORING_METRICS_RSA_BOOTSTRAP_H_

#include <Eigen/Core>
#include <vector>

#include "scoring/base/rdm.h"
#include "scoring/base/units.h"
#include "scoring/metrics/rdm_comparison.h"

namespace ventral {

// Comparisons of each layer's RDM with each subject's: [layer × subject].
Eigen::MatrixXd CompareRdms(const std::vector<Rdm>& layers, const std::vector<Rdm>& subjects,
                            const Comparison& comparison);

// The mean over subjects of the comparison, on `resamples` bootstrap samples of the stimuli:
// [layer × resample]. Pairs of a stimulus with its own copy are left out, as rsatoolbox does. A
// resampled RDM is the old one with pair (a, b) standing c_a·c_b times, so ranks and correlations
// are weighted and nothing is sorted again; a test compares this with drawing and ranking plainly.
// NaN where a resample leaves no variance. Requires no comparison.noise.
Eigen::MatrixXd BootstrapRdms(const std::vector<Rdm>& layers, const std::vector<Rdm>& subjects,
                              const Comparison& comparison, Seed seed, int resamples,
                              unsigned threads);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_RSA_BOOTSTRAP_H_
