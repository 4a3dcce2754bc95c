// One evaluation: request → report or failure.
#ifndef VENTRAL_WORKER_EVALUATOR_RUN_H_
#define VENTRAL_WORKER_EVALUATOR_RUN_H_

#include <variant>

#include "scoring/base/score_report.h"
#include "worker/evaluator/extraction.h"

namespace ventral {

std::variant<ScoreReport, FailureMessage> RunEvaluation(const EvaluateRequest& request,
                                                        const ForwardProgress& forward);

}  // namespace ventral

#endif  // VENTRAL_WORKER_EVALUATOR_RUN_H_
