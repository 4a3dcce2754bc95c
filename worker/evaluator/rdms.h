// Distance matrices of layers whose Grams were kept: request → frames.
#ifndef VENTRAL_WORKER_EVALUATOR_RDMS_H_
#define VENTRAL_WORKER_EVALUATOR_RDMS_H_

#include <functional>

#include "scoring/base/result.h"
#include "worker/protocol/rdm_messages.h"

namespace ventral {

// Hands over the RDM of each layer that is asked for, in the file's order, then says what all are
// of. A layer that has none says why in `undefined`. An error of `send` ends it.
// @error as ReadKept; invalid_input for another distance, or a pattern that no layer matches.
Result<RdmsMessage> MakeRdms(const RdmsRequest& request,
                             const std::function<Status(const RdmMessage&)>& send);

}  // namespace ventral

#endif  // VENTRAL_WORKER_EVALUATOR_RDMS_H_
