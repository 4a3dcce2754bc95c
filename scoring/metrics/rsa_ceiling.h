// How well the best possible model could do, given that subjects differ.
#ifndef VENTRAL_SCORING_METRICS_RSA_CEILING_H_
#define VENTRAL_SCORING_METRICS_RSA_CEILING_H_

#include <Eigen/Core>
#include <optional>
#include <vector>

#include "scoring/base/rdm.h"
#include "scoring/base/score_report.h"

namespace ventral {

enum class RdmComparator { kSpearman, kPearson };

// Nili et al. 2014, "A toolbox for representational similarity analysis", noise ceiling:
//   upper: mean over subjects of the comparison with the pooled RDM of all;
//   lower: mean over subjects of the comparison with the pooled RDM of the others.
// Pooling is the one that is best for the comparator (as rsatoolbox.inference.boot_noise_ceiling):
// mean of rank-transformed RDMs for Spearman, mean of z-scored RDMs for Pearson. `value` is the
// upper bound. nullopt for fewer than two subjects: nothing is invented.
std::optional<Ceiling> RsaCeiling(const std::vector<Rdm>& subjects, RdmComparator comparator);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_RSA_CEILING_H_
