// Responses of one or several subjects to the stimuli.
#ifndef VENTRAL_SCORING_METRICS_RESPONSES_H_
#define VENTRAL_SCORING_METRICS_RESPONSES_H_

#include <cstdint>

#include "scoring/base/recording.h"
#include "scoring/base/result.h"

namespace ventral {

// [stimulus × neuroid] or [subject × stimulus × neuroid]. @error invalid_input names the recording.
Status CheckResponses(const Recording& recording);

// The trials have the subjects, stimuli and neuroids of the recording.
// @error invalid_input names both, and what differs.
Status CheckTrials(const Recording& recording, const Recording& trials);

// One subject's part of a recording whose first axis is subject; the whole of another.
Recording OfSubject(const Recording& recording, std::int64_t subject);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_RESPONSES_H_
