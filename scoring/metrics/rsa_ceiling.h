// How well the best possible model could do, given that subjects differ.
#ifndef VENTRAL_SCORING_METRICS_RSA_CEILING_H_
#define VENTRAL_SCORING_METRICS_RSA_CEILING_H_

#include <Eigen/Core>
#include <optional>
#include <vector>

#include "scoring/base/rdm.h"
#include "scoring/base/score_report.h"
#include "scoring/metrics/rdm_comparison.h"

namespace ventral {

// Nili et al. 2014, "A toolbox for representational similarity analysis", noise ceiling:
//   upper: mean over subjects of the comparison with the pooled RDM of all;
//   lower: mean over subjects of the comparison with the pooled RDM of the others.
// Pooling is the one that is best for the comparator (as rsatoolbox.util.pooling.pool_rdm): the
// mean of rank-transformed RDMs where ranks are compared, of z-scored ones for Pearson, of those of
// norm 1 for cosine, all in the whitened space where the comparator is whitened. `value` is the
// upper bound. nullopt for fewer than two subjects, and where a pool does not vary
// (two that are each other's opposite): nothing is invented.
std::optional<Ceiling> RsaCeiling(const std::vector<Rdm>& subjects, const Comparison& comparison);

struct CeilingBounds {
  double lower = 0, upper = 0;
};
// Both bounds in a sample, subject s standing counts(s) times: means over the subjects that stand,
// each as often as it does. NaN if one of them has no bound.
CeilingBounds BoundsInSample(const SubjectsInSample& subjects, const Eigen::VectorXd& counts);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_RSA_CEILING_H_
