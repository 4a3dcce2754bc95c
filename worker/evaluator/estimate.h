// What a run takes, reckoned from its plan before any of it is taken. The plan may be anything that
// a Promise is made of: no count overflows, and one that would pass 2^63 − 1 stands there.
#ifndef VENTRAL_WORKER_EVALUATOR_ESTIMATE_H_
#define VENTRAL_WORKER_EVALUATOR_ESTIMATE_H_

#include <cstdint>
#include <optional>

#include "scoring/base/gram.h"
#include "scoring/base/units.h"
#include "worker/protocol/estimate_message.h"
#include "worker/protocol/messages.h"

namespace ventral {

// Within `budget`, which bounds the activations of a pass, and the Grams with what is made of them.
// Its own arithmetic but for the seconds, which only the extractor can tell: they are from 0 to ten
// years.
EstimateMessage EstimateRun(const PlanMessage& plan, Eigen::Index stimuli, Bytes budget);

// Bytes that are held while `layers` Grams are scored: they (layers × stimuli² × 8), an RDM of
// each, and one Gram on its way into the process.
std::uint64_t ScoringBytes(std::size_t layers, Eigen::Index stimuli);

// The failure that is told instead of a run that cannot be made within `budget`: the Grams do not
// fit, or more than 1,000 passes would be needed (as PlanPasses has it). Its words have the figures
// and what to do, its needed_memory_bytes the least budget that will do.
std::optional<FailureMessage> Misfit(const PlanMessage& plan, Eigen::Index stimuli, Bytes budget);

// @error resource_limit if `layers` Grams cannot be scored within `budget` (states the figures).
Status CheckGramsFit(std::size_t layers, Eigen::Index stimuli, Bytes budget);

}  // namespace ventral

#endif  // VENTRAL_WORKER_EVALUATOR_ESTIMATE_H_
