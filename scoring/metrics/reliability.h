// How far repeated presentations of a stimulus agree.
#ifndef VENTRAL_SCORING_METRICS_RELIABILITY_H_
#define VENTRAL_SCORING_METRICS_RELIABILITY_H_

#include <Eigen/Core>

#include "scoring/base/recording.h"
#include "scoring/base/result.h"
#include "scoring/base/units.h"

namespace ventral {

// Split-half reliability of the trial average, per neuroid [neuroid]: in each of `halves` random
// divisions of the repeats, the mean of either half is correlated over the stimuli that have a
// trial in both, and corrected for length (Spearman 1910, Brown 1910): ρ = 2r/(1 + r). The mean
// over divisions. Missing trials are NaN. NaN where a neuroid has too few trials, or no variance in
// some half. √ρ is the highest correlation that a perfect model can have with the trial average.
// @error invalid_input if the recording has no repeat axis, fewer than two repeats, or a subject
// axis.
Result<Eigen::VectorXd> SplitHalfReliability(const Recording& trials, int halves, Seed seed);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_RELIABILITY_H_
