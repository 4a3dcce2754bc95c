// Whether an array is what its recording says.
#ifndef VENTRAL_SCORING_PACK_RECORDING_VALUES_H_
#define VENTRAL_SCORING_PACK_RECORDING_VALUES_H_

#include <cstdint>

#include "scoring/base/recording.h"
#include "scoring/base/result.h"

namespace ventral {

// One size an axis, no empty axis, as many stimuli as the pack has.
// @error invalid_input names recording and axis.
Status CheckRecordingShape(const Recording& recording, std::int64_t stimuli, std::int64_t subjects);

// Responses: finite, but for NaN in a recording with a repeat axis. RDMs: finite, symmetric and with
// a zero diagonal within `tolerance` times the RDM's largest absolute value (1e-6 for float32 files,
// 1e-12 for others).
// @error invalid_input names recording and index. Requires CheckRecordingShape.
Status CheckRecordingValues(const Recording& recording, double tolerance);

}  // namespace ventral

#endif  // VENTRAL_SCORING_PACK_RECORDING_VALUES_H_
