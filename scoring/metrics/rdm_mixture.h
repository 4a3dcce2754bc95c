// Layers' RDMs, weighted to resemble recorded ones.
#ifndef VENTRAL_SCORING_METRICS_RDM_MIXTURE_H_
#define VENTRAL_SCORING_METRICS_RDM_MIXTURE_H_

#include <Eigen/Core>
#include <vector>

#include "scoring/base/rdm.h"
#include "scoring/metrics/rdm_comparison.h"
#include "scoring/metrics/stimulus_sample.h"

namespace ventral {

struct Mixture {
  Rdm rdm;                 // over all stimuli, whatever it was fitted on
  Eigen::VectorXd shares;  // [layer] ≥ 0, Σ = 1, of the layers' RDMs at equal norm
};

// For each subject, Σ w_l·d_l with w ≥ 0 that is nearest to the pooled RDM of the others (of one
// subject: to its own) within `training`: non-negative least squares of the RDMs as the comparison
// sees them (centred, of norm 1, whitened), which is the combination that compares best with the
// pool (Khaligh-Razavi & Kriegeskorte 2014, PLoS Comput. Biol. 10:e1003915, weighted layers;
// rsatoolbox.model.fitter.fit_regress_nn). Where ranks are compared, as for Pearson with the mean
// of the subjects' ranks. Where every weight would be 0, the layer that compares best, alone.
// Requires no comparison.noise.
std::vector<Mixture> MixRdms(const std::vector<Rdm>& layers,
                             const std::vector<ComparableRdm>& subjects,
                             const StimulusSample& training, const Comparison& comparison);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_RDM_MIXTURE_H_
