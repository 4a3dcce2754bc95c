// Resampling with replacement.
#ifndef VENTRAL_SCORING_METRICS_BOOTSTRAP_H_
#define VENTRAL_SCORING_METRICS_BOOTSTRAP_H_

#include <Eigen/Core>

#include "scoring/base/random.h"
#include "scoring/base/units.h"

namespace ventral {

// How often each of n things is drawn in resample `number`: a multinomial count, Σ = n. A function
// of (seed, number) alone, so layers and models are compared on the same resamples.
Eigen::VectorXd ResampleCounts(Seed seed, std::uint64_t number, int n);
// The same of subjects, independent of what is drawn of other things.
Eigen::VectorXd SubjectCounts(Seed seed, std::uint64_t number, int subjects);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_BOOTSTRAP_H_
