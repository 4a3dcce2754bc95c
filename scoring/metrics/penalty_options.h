// The options by which a benchmark says which ridge penalties to try, and how one is chosen.
#ifndef VENTRAL_SCORING_METRICS_PENALTY_OPTIONS_H_
#define VENTRAL_SCORING_METRICS_PENALTY_OPTIONS_H_

#include <vector>

#include "scoring/base/result.h"
#include "scoring/base/units.h"
#include "scoring/metrics/dual_ridge.h"
#include "scoring/metrics/folds.h"
#include "scoring/metrics/option_reader.h"

namespace ventral {

// Options penalty, penalties, penalty_scale, penalty_by, penalty_folds; where there are neuroids to
// choose for, penalty_for. `seed` is the benchmark's; inner folds are others than its folds.
// @error invalid_input names two options that exclude each other; what else is wrong,
//   reader.Finish() says.
Result<Penalties> ReadPenalties(OptionReader& reader, Seed seed, bool for_neuroids);

// Training stimuli that a fit needs at least.
int LeastTrainingFor(const Penalties& penalties);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_PENALTY_OPTIONS_H_
