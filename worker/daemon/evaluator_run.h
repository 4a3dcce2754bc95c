// One run of ventral-evaluate, from its request to its report or the reason why there is none.
#ifndef VENTRAL_WORKER_DAEMON_EVALUATOR_RUN_H_
#define VENTRAL_WORKER_DAEMON_EVALUATOR_RUN_H_

#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "ventral/v1/job.pb.h"
#include "ventral/v1/report.pb.h"
#include "worker/protocol/estimate_message.h"
#include "worker/protocol/messages.h"
#include "worker/protocol/requests.h"

namespace ventral {

struct EvaluatorEnd {
  std::optional<v1::ScoreReport> report;
  v1::Failure failure;   // where there is no report
  std::string not_kept;  // why it kept no Grams; empty where it did, or was not asked to
  std::string log_tail;  // of its stderr and its extractor's, at most 16 KiB, clean UTF-8
};

// What it says on its way.
struct EvaluatorListener {
  std::function<void(const ProgressMessage&)> progress;
  std::function<void(const EstimateMessage&)> estimate;
};

// Blocks until the evaluator has ended; `stop` kills it. Whatever it sends is held to be hostile.
// The calling thread must live as long (Child::Start).
EvaluatorEnd RunEvaluator(const std::filesystem::path& program, const EvaluateRequest& request,
                          const std::stop_token& stop, const EvaluatorListener& listener);

v1::FailureCause ToProto(FailureCause cause);
v1::Failure MakeFailure(FailureCause cause, std::string_view message);

}  // namespace ventral

#endif  // VENTRAL_WORKER_DAEMON_EVALUATOR_RUN_H_
