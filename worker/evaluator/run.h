// One evaluation: request → report or failure.
#ifndef VENTRAL_WORKER_EVALUATOR_RUN_H_
#define VENTRAL_WORKER_EVALUATOR_RUN_H_

#include <string>
#include <variant>

#include "scoring/base/score_report.h"
#include "scoring/base/units.h"
#include "worker/evaluator/extraction.h"

namespace ventral {

std::variant<ScoreReport, FailureMessage> RunEvaluation(const EvaluateRequest& request,
                                                        const Listener& listener);

// The report as a frame has it; where it is larger than `most`, the failure that is told instead:
// another attempt would make the same one.
std::variant<std::string, FailureMessage> EncodeWithin(const ScoreReport& report, Bytes most);

}  // namespace ventral

#endif  // VENTRAL_WORKER_EVALUATOR_RUN_H_
