#include "tests/conformance/encoding_operations.h"

#include <algorithm>
#include <numeric>

#include "scoring/metrics/banded_ridge.h"
#include "scoring/metrics/dual_ridge.h"
#include "scoring/metrics/folds.h"
#include "scoring/metrics/kernel_pls.h"
#include "scoring/metrics/matched_units.h"
#include "scoring/metrics/reliability.h"

namespace ventral {
namespace {

// {"penalties": [], "relative", "per_neuroid", "inner_folds", "seed"}
Penalties PenaltiesOf(const std::string& text) {
  const json options = json::parse(text);
  return {options.at("penalties").get<std::vector<double>>(), options.value("relative", false),
          options.value("per_neuroid", false), options.value("inner_folds", 0),
          Seed{options.value("seed", std::uint64_t{0})}};
}

// SEED FOLDS PENALTIES(JSON) FEATURES RESPONSES → [{test, alpha [neuroid], predicted, inner}];
// inner: the rows of the training stimuli that each inner fold leaves out
json Ridge(const Arguments& arguments) {
  const Eigen::MatrixXd responses = ReadMatrix(arguments.at(4));
  const Gram gram = GramOf(ReadMatrix(arguments.at(3)), "layer");
  const Penalties penalties = PenaltiesOf(arguments.at(2));
  std::vector<int> neuroids(static_cast<std::size_t>(responses.cols()));
  std::iota(neuroids.begin(), neuroids.end(), 0);
  json answer = json::array();
  for (const Fold& fold :
       ShuffledFolds(static_cast<int>(responses.rows()), std::stoi(arguments.at(1)),
                     Seed{std::stoull(arguments.at(0))})) {
    const RidgeFit fit = Must(FitDualRidge(
        Must(Centre(gram.inner, fold)), Centre(responses, fold.train), {neuroids}, penalties, 0));
    std::vector<double> alphas;
    for (const std::size_t chosen : fit.chosen) alphas.push_back(fit.alphas[chosen]);
    json inner = json::array();
    if (penalties.inner_folds > 0) {
      const int train = static_cast<int>(fold.train.size());
      for (const Fold& one : ShuffledFolds(train, penalties.inner_folds, penalties.seed)) {
        inner.push_back(one.test);
      }
    }
    answer.push_back({{"test", fold.test},
                      {"alpha", alphas},
                      {"predicted", ToJson(fit.predicted)},
                      {"inner", inner}});
  }
  return answer;
}

// SEED FOLDS PENALTIES(JSON) WEIGHTS RESPONSES FEATURES… → [{test, alpha [neuroid], candidate
// [neuroid], predicted, shares, inner}], inner as above; weights [candidate × layer]
json Banded(const Arguments& arguments) {
  const Eigen::MatrixXd weights = ReadMatrix(arguments.at(3));
  const Eigen::MatrixXd responses = ReadMatrix(arguments.at(4));
  std::vector<Gram> layers;
  for (std::size_t i = 5; i < arguments.size(); ++i) {
    layers.push_back(GramOf(ReadMatrix(arguments[i]), "layer"));
  }
  const Penalties penalties = PenaltiesOf(arguments.at(2));
  std::vector<int> neuroids(static_cast<std::size_t>(responses.cols()));
  std::iota(neuroids.begin(), neuroids.end(), 0);
  json answer = json::array();
  for (const Fold& fold :
       ShuffledFolds(static_cast<int>(responses.rows()), std::stoi(arguments.at(1)),
                     Seed{std::stoull(arguments.at(0))})) {
    std::vector<CentredGram> centred;
    for (const Gram& layer : layers) centred.push_back(Must(Centre(layer.inner, fold)));
    const BandedFit fit = Must(
        FitBandedRidge(centred, Centre(responses, fold.train), {neuroids}, penalties, weights, 0));
    json inner = json::array();
    const int train = static_cast<int>(fold.train.size());
    for (const Fold& one : ShuffledFolds(train, penalties.inner_folds, penalties.seed)) {
      inner.push_back(one.test);
    }
    answer.push_back({{"test", fold.test},
                      {"alpha", fit.alphas},
                      {"candidate", fit.candidate},
                      {"predicted", ToJson(fit.predicted)},
                      {"shares", ToJson(fit.shares.transpose())[0]},
                      {"inner", inner}});
  }
  return answer;
}

// SEED FOLDS STIMULI → [the rows that a fold holds out]
json Divide(const Arguments& arguments) {
  json answer = json::array();
  for (const Fold& fold : ShuffledFolds(std::stoi(arguments.at(2)), std::stoi(arguments.at(1)),
                                        Seed{std::stoull(arguments.at(0))})) {
    answer.push_back(fold.test);
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

// SEED FOLDS PART FEATURES RESPONSES → [{test, unit, held_out_r}], each [neuroid]; PART features
// come at once
json Units(const Arguments& arguments) {
  const Eigen::MatrixXf features = ReadMatrix(arguments.at(3)).cast<float>();
  const Eigen::MatrixXd responses = ReadMatrix(arguments.at(4));
  const Eigen::Index part = std::stoi(arguments.at(2));
  json answer = json::array();
  for (const Fold& fold :
       ShuffledFolds(static_cast<int>(responses.rows()), std::stoi(arguments.at(1)),
                     Seed{std::stoull(arguments.at(0))})) {
    MatchedUnits matched(responses.cols());
    for (Eigen::Index first = 0; first < features.cols(); first += part) {
      MatchUnits(responses, fold,
                 features.middleCols(first, std::min(part, features.cols() - first)), first, false,
                 matched);
    }
    answer.push_back({{"test", fold.test},
                      {"unit", matched.unit},
                      {"held_out_r", ToJson(matched.held_out_r.transpose())[0]}});
  }
  return answer;
}

}  // namespace

std::map<std::string, std::function<json(const Arguments&)>> EncodingOperations() {
  return {{"ridge", Ridge}, {"banded", Banded}, {"pls", Pls},
          {"units", Units}, {"folds", Divide},  {"reliability", Reliability}};
}

}  // namespace ventral
