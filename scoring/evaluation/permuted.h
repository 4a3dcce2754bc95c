// What a benchmark's score is by chance.
#ifndef VENTRAL_SCORING_EVALUATION_PERMUTED_H_
#define VENTRAL_SCORING_EVALUATION_PERMUTED_H_

#include <functional>
#include <span>

#include "scoring/base/gram.h"
#include "scoring/base/result.h"
#include "scoring/base/score_report.h"
#include "scoring/metrics/metric.h"

namespace ventral {

// The benchmark's option "permutations" (0 to 100,000; 0 where it is absent) is this room's, not
// the metric's. @error invalid_input names it.
Result<std::int64_t> TakePermutations(Options& options);

// `raw` against the headlines of the same question with the layers' stimuli in random order, one
// order for all layers; the layer is chosen anew each time. Permutation i is a function of (seed,
// i). `done(i)` before each.
// @error as Metric::Score, or what `done` returns.
Result<NullDistribution> PermuteStimuli(const Metric& metric, const Question& question,
                                        std::span<const Gram> layers, double raw,
                                        std::int64_t permutations,
                                        const std::function<Status(std::int64_t)>& done);

}  // namespace ventral

#endif  // VENTRAL_SCORING_EVALUATION_PERMUTED_H_
