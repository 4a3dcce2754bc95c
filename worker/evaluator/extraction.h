// The extractor's side of an evaluation: starts it, and believes nothing that it says.
#ifndef VENTRAL_WORKER_EVALUATOR_EXTRACTION_H_
#define VENTRAL_WORKER_EVALUATOR_EXTRACTION_H_

#include <functional>
#include <memory>
#include <variant>
#include <vector>

#include "scoring/base/gram.h"
#include "scoring/evaluation/feature_readings.h"
#include "scoring/pack/pack.h"
#include "worker/protocol/estimate_message.h"
#include "worker/protocol/messages.h"
#include "worker/protocol/requests.h"

namespace ventral {

struct Extraction {
  PlanMessage plan;
  std::vector<Gram> grams;       // in the plan's order, each held against CheckGram
  double seconds = 0;            // wall time, by the evaluator's clock
  std::uint64_t peak_bytes = 0;  // of the extractor's memory; 0 where it did not run
  // Where a benchmark of the pack needs features; else nullptr.
  std::shared_ptr<const FeatureReadings> readings = nullptr;
};

// A failure that is no fault of the checkpoint.
FailureMessage Ours(Error error);

using ForwardProgress = std::function<Status(const ProgressMessage&)>;
using ForwardEstimate = std::function<Status(const EstimateMessage&)>;

// Whom to tell how it goes. @error of either: nobody listens.
struct Listener {
  ForwardProgress progress;
  ForwardEstimate estimate;  // once, before the network's passes
};

// Runs ventral-extract on the pack's stimuli; it never hears of the recordings. The failure is the
// extractor's own, or says how it died (crash), or what it sent that it had not promised
// (invalid_checkpoint: a network that reached into its process can do no more than lie), or that
// the run cannot be made within its memory budget (Misfit in estimate.h), before any of it is made.
std::variant<Extraction, FailureMessage> RunExtractor(const EvaluateRequest& request,
                                                      const Pack& pack, const Listener& listener);

}  // namespace ventral

#endif  // VENTRAL_WORKER_EVALUATOR_EXTRACTION_H_
