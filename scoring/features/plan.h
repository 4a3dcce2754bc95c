// Which features are held in which pass, so that memory stays within a budget. Pure arithmetic.
#ifndef VENTRAL_SCORING_FEATURES_PLAN_H_
#define VENTRAL_SCORING_FEATURES_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "scoring/base/result.h"
#include "scoring/base/units.h"

namespace ventral {

// Features [first, first + count) of one layer, for all stimuli.
struct Slice {
  std::size_t layer = 0;
  std::int64_t first = 0;
  std::int64_t count = 0;
};

using Pass = std::vector<Slice>;

// Bytes of the activations of all layers: stimuli × Σ features × 4 (float32).
// @error resource_limit if that passes 64 bits.
Result<std::uint64_t> ActivationBytes(std::span<const std::int64_t> features, std::int64_t stimuli);

// Fills one pass after the other up to `budget`, cutting layers at its end: the fewest passes that
// can be, ⌈Σ features ÷ ⌊budget ÷ (4 · stimuli)⌋⌉. Slices in the order of layers, each feature in
// exactly one. Requires features > 0 of every layer, and stimuli > 0.
// @error resource_limit if one feature of all stimuli passes the budget, or more than 1,000 passes
//   would be needed (states the figures).
Result<std::vector<Pass>> PlanPasses(std::span<const std::int64_t> features, std::int64_t stimuli,
                                     Bytes budget);

}  // namespace ventral

#endif  // VENTRAL_SCORING_FEATURES_PLAN_H_
