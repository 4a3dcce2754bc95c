// Which layer stands for the checkpoint.
#ifndef VENTRAL_SCORING_METRICS_LAYER_CHOICE_H_
#define VENTRAL_SCORING_METRICS_LAYER_CHOICE_H_

#include <string>

#include "scoring/base/result.h"
#include "scoring/base/score_report.h"
#include "scoring/metrics/metric.h"

namespace ventral {

// Copies the headline layer's numbers into the score: "best" takes the layer of the highest raw,
// the first of equals, and says in a note that this is optimistic; "committed" takes the one that
// the submitter named for the recording's region. Requires score.layers not empty.
// @error invalid_input when nothing was committed for the region, or the layer is not there (names
// both).
Status ChooseLayer(const Question& question, const std::string& choice, BenchmarkScore& score);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_LAYER_CHOICE_H_
