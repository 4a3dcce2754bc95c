#include "tests/conformance/encoding_operations.h"

#include "scoring/metrics/dual_ridge.h"
#include "scoring/metrics/folds.h"
#include "scoring/metrics/kernel_pls.h"
#include "scoring/metrics/reliability.h"

namespace ventral {
namespace {

// SEED FOLDS absolute|relative FEATURES RESPONSES PENALTY… → [{test, alpha, predicted}]
json Ridge(const Arguments& arguments) {
  const Eigen::MatrixXd responses = ReadMatrix(arguments.at(4));
  const Gram gram = GramOf(ReadMatrix(arguments.at(3)), "layer");
  Penalties penalties{{}, arguments.at(2) == "relative"};
  for (std::size_t i = 5; i < arguments.size(); ++i)
    penalties.values.push_back(std::stod(arguments[i]));
  json answer = json::array();
  for (const Fold& fold :
       ShuffledFolds(static_cast<int>(responses.rows()), std::stoi(arguments.at(1)),
                     Seed{std::stoull(arguments.at(0))})) {
    const RidgeFit fit = Must(
        FitDualRidge(Must(Centre(gram.inner, fold)), Centre(responses, fold.train), penalties));
    answer.push_back(
        {{"test", fold.test}, {"alpha", fit.alpha}, {"predicted", ToJson(fit.predicted)}});
  }
  return answer;
}

// SEED HALVES TRIALS → [neuroid]
json Reliability(const Arguments& arguments) {
  const Recording trials = ReadRecording(arguments.at(2), RecordingKind::kResponses,
                                         {Axis::kRepeat, Axis::kStimulus, Axis::kNeuroid});
  const Eigen::VectorXd reliability = Must(
      SplitHalfReliability(trials, std::stoi(arguments.at(1)), Seed{std::stoull(arguments.at(0))}));
  return ToJson(reliability.transpose())[0];
}

// SEED FOLDS COMPONENTS FEATURES RESPONSES → [{test, predicted, components}]
json Pls(const Arguments& arguments) {
  const Eigen::MatrixXd responses = ReadMatrix(arguments.at(4));
  const Gram gram = GramOf(ReadMatrix(arguments.at(3)), "layer");
  json answer = json::array();
  for (const Fold& fold :
       ShuffledFolds(static_cast<int>(responses.rows()), std::stoi(arguments.at(1)),
                     Seed{std::stoull(arguments.at(0))})) {
    const PlsFit fit = FitKernelPls(Must(Centre(gram.inner, fold)), Centre(responses, fold.train),
                                    std::stoi(arguments.at(2)));
    answer.push_back({{"test", fold.test},
                      {"components", fit.components},
                      {"predicted", ToJson(fit.predicted)}});
  }
  return answer;
}

}  // namespace

std::map<std::string, std::function<json(const Arguments&)>> EncodingOperations() {
  return {{"ridge", Ridge}, {"pls", Pls}, {"reliability", Reliability}};
}

}  // namespace ventral
