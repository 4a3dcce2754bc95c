// ventral-evaluate as its parent sees it: a request in, frames out.
#ifndef VENTRAL_TESTS_UNIT_EVALUATION_EVALUATOR_PROCESS_H_
#define VENTRAL_TESTS_UNIT_EVALUATION_EVALUATOR_PROCESS_H_

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "worker/protocol/estimate_message.h"
#include "worker/protocol/messages.h"
#include "worker/protocol/requests.h"
#include "worker/sandbox/child.h"

namespace ventral::testing {

struct EvaluatorAnswer {
  std::vector<ProgressMessage> progress;
  std::vector<EstimateMessage> estimates;
  std::optional<nlohmann::json> report;
  std::optional<FailureMessage> failure;
  std::string broken;  // why its stream could not be read, if so
  ChildOutcome outcome;
  std::string log;
};

// Eight stimuli, and the RDMs of two subjects over them: benchmark "eight.it.rsa". `units`: before
// it "eight.v4.nearest_unit", of the responses of three neurons.
void WriteEightPack(const std::filesystem::path& folder, bool units = false);

// The program on this pack, with the fake extractor in `scenario` (written to a checkpoint file in
// `scratch`).
EvaluateRequest FakeRequest(const std::filesystem::path& scratch, const std::string& scenario);
// The same on the pack whose first benchmark needs features.
EvaluateRequest FakeUnitsRequest(const std::filesystem::path& scratch, const std::string& scenario);

Child StartEvaluator(const std::vector<std::string>& arguments = {});
EvaluatorAnswer Evaluate(const EvaluateRequest& request);

}  // namespace ventral::testing

#endif  // VENTRAL_TESTS_UNIT_EVALUATION_EVALUATOR_PROCESS_H_
