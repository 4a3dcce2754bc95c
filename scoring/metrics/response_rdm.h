// RDMs of recorded responses.
#ifndef VENTRAL_SCORING_METRICS_RESPONSE_RDM_H_
#define VENTRAL_SCORING_METRICS_RESPONSE_RDM_H_

#include <string>
#include <string_view>
#include <vector>

#include "scoring/base/rdm.h"
#include "scoring/base/recording.h"
#include "scoring/base/result.h"
#include "scoring/metrics/noise_covariance.h"

namespace ventral {

// Of the responses y_i [neuroid] to stimulus i, p neuroids (as rsatoolbox.rdm.calc_rdm):
//   correlation, cosine, euclidean   as of layers (rdm.h)
//   poisson       (μ_i − μ_j)·(log μ_i − log μ_j) / p, the symmetrised Kullback–Leibler divergence
//   of
//                 Poisson rates, μ = (y + 0.1)/1.1: a prior of rate 1 and weight 0.1
//   mahalanobis   (y_i − y_j)ᵀ Σ⁻¹ (y_i − y_j) / p, Σ the noise covariance of a trial
//   crossnobis    the mean over ordered pairs of different repeats r, s that have both stimuli of
//                 (y_i^r − y_j^r)ᵀ Σ⁻¹ (y_i^s − y_j^s) / p: noise adds nothing, so it may be below
//                 0 (Walther et al. 2016, NeuroImage 137:188). Where no trial is missing, the same
//                 as leaving out one repeat at a time.
enum class ResponseRdm { kCorrelation, kCosine, kEuclidean, kPoisson, kMahalanobis, kCrossnobis };

const std::vector<std::string>& ResponseRdmNames();
// Requires a name of ResponseRdmNames().
ResponseRdm ResponseRdmNamed(std::string_view name);
// mahalanobis and crossnobis.
bool NeedsTrials(ResponseRdm kind);

// One RDM a subject. Neuroids that never vary over the stimuli are left out. A trial is what a
// subject's neuroids answered to one presentation: it is missing where one of them is NaN. Σ comes
// from the trials' residuals from their stimulus' mean; degrees of freedom are the trials there
// less the stimuli. (rsatoolbox's cov_from_measurements takes repeats·(stimuli − 1), which is too
// many; give it the right number as dof.) `trials` may be nullptr where none are needed.
// @error invalid_input names the recording, subject, and: axes that do not fit; the stimulus whose
//   responses do not vary over neuroids (correlation) or are all zero (cosine); a negative response
//   (poisson); too few trials; a neuroid whose trials never differ; a pair of stimuli that no two
//   repeats share; a Σ that has no inverse.
Result<std::vector<Rdm>> ResponseRdms(const Recording& recording, const Recording* trials,
                                      ResponseRdm kind, NoiseEstimate noise);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_RESPONSE_RDM_H_
