// The metrics on arrays from files, for peers that speak Python: metrics_peers.py runs it.
// Usage: metrics_driver OPERATION ARGUMENT…    arrays are .npy files; the answer is one JSON line.
#include <cmath>
#include <cstdio>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "scoring/metrics/bootstrap.h"
#include "scoring/metrics/dual_ridge.h"
#include "scoring/metrics/folds.h"
#include "scoring/metrics/metric.h"
#include "scoring/metrics/rdm.h"
#include "scoring/metrics/reliability.h"
#include "scoring/metrics/rsa_bootstrap.h"
#include "scoring/metrics/rsa_ceiling.h"
#include "scoring/pack/npy.h"

namespace ventral {
namespace {

using nlohmann::json;
using Arguments = std::vector<std::string>;
using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

template <typename T>
T Must(Result<T> result) {
  if (!result.ok()) throw std::runtime_error(result.error().ToString());
  return std::move(result).value();
}

NpyArray Read(const std::string& file) { return Must(ReadNpyFile(file, 1ull << 30, file)); }

Eigen::MatrixXd ReadMatrix(const std::string& file) {
  const NpyArray array = Read(file);
  return Eigen::Map<const RowMajor>(array.values.data(), array.shape.at(0), array.shape.at(1));
}

json ToJson(const Eigen::MatrixXd& matrix) {  // NaN becomes null
  json rows = json::array();
  for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
    const Eigen::VectorXd row = matrix.row(i);
    rows.push_back(std::vector<double>(row.data(), row.data() + row.size()));
  }
  return rows;
}

Gram GramOf(const Eigen::MatrixXd& features, const std::string& path) {
  Gram gram{
      {path, 0}, features.cols(), false, features * features.transpose(), features.rowwise().sum()};
  gram.inner = ((gram.inner + gram.inner.transpose()) / 2).eval();
  Must(CheckGram(gram, features.rows()));
  return gram;
}

Recording ReadRecording(const std::string& file, RecordingKind kind, std::vector<Axis> axes) {
  NpyArray array = Read(file);
  Recording recording;
  recording.id = file;
  recording.kind = kind;
  recording.axes = std::move(axes);
  recording.shape = array.shape;
  recording.values = std::move(array.values);
  return recording;
}

Recording ReadRdmRecording(const std::string& file) {
  return ReadRecording(file, RecordingKind::kRdms,
                       {Axis::kSubject, Axis::kStimulus, Axis::kStimulus});
}

std::vector<Rdm> ReadRdms(const std::string& file) {
  return Must(SubjectRdms(ReadRdmRecording(file)));
}

RdmComparator ComparatorOf(const std::string& name) {
  return name == "pearson" ? RdmComparator::kPearson : RdmComparator::kSpearman;
}

// KIND FEATURES → condensed RDM
json MakeRdm(const Arguments& arguments) {
  const std::map<std::string, RdmKind> kinds = {{"correlation", RdmKind::kCorrelation},
                                                {"cosine", RdmKind::kCosine},
                                                {"euclidean", RdmKind::kEuclidean}};
  const Gram gram = GramOf(ReadMatrix(arguments.at(1)), "layer");
  return ToJson(Must(LayerRdm(gram, kinds.at(arguments.at(0)))).upper.transpose())[0];
}

// COMPARATOR RDMS RDMS → [layer][subject]
json Compare(const Arguments& arguments) {
  return ToJson(CompareRdms(ReadRdms(arguments.at(1)), ReadRdms(arguments.at(2)),
                            ComparatorOf(arguments.at(0))));
}

// COMPARATOR RDMS → [lower, upper]
json MakeCeiling(const Arguments& arguments) {
  const auto ceiling = RsaCeiling(ReadRdms(arguments.at(1)), ComparatorOf(arguments.at(0)));
  return {ceiling.value().lower.value(), ceiling.value().upper.value()};
}

// COMPARATOR SEED RESAMPLES RDMS RDMS → counts [resample][stimulus], scores [layer][resample]
json Resample(const Arguments& arguments) {
  const Seed seed{std::stoull(arguments.at(1))};
  const int resamples = std::stoi(arguments.at(2));
  const std::vector<Rdm> layers = ReadRdms(arguments.at(3)), subjects = ReadRdms(arguments.at(4));
  Eigen::MatrixXd counts(resamples, subjects.at(0).stimuli);
  for (int r = 0; r < resamples; ++r) {
    counts.row(r) =
        ResampleCounts(seed, static_cast<std::uint64_t>(r), static_cast<int>(counts.cols()));
  }
  return {{"counts", ToJson(counts)},
          {"scores", ToJson(BootstrapRdms(layers, subjects, ComparatorOf(arguments.at(0)), seed,
                                          resamples, 0))}};
}

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
    const RidgeFit fit = Must(FitDualRidge(gram.inner, responses, fold, penalties));
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

// METRIC OPTIONS(JSON) SEED RECORDING TRIALS|- FEATURES… → the score
json Score(const Arguments& arguments) {
  BenchmarkSpec spec{"p.r.m", "r", "", arguments.at(0), {}, Seed{std::stoull(arguments.at(2))}};
  const json options = json::parse(arguments.at(1));
  for (const auto& [name, value] : options.items()) {
    if (value.is_string()) spec.options[name] = value.get<std::string>();
    if (value.is_number_integer()) spec.options[name] = value.get<std::int64_t>();
    if (value.is_number_float()) spec.options[name] = value.get<double>();
    if (value.is_array()) spec.options[name] = value.get<std::vector<double>>();
  }
  const bool rsa = spec.metric == "rsa";
  const Recording recording = rsa ? ReadRdmRecording(arguments.at(3))
                                  : ReadRecording(arguments.at(3), RecordingKind::kResponses,
                                                  {Axis::kStimulus, Axis::kNeuroid});
  Recording trials;
  const bool has_trials = arguments.at(4) != "-";
  if (has_trials) {
    trials = ReadRecording(arguments.at(4), RecordingKind::kResponses,
                           {Axis::kRepeat, Axis::kStimulus, Axis::kNeuroid});
  }
  std::vector<Gram> layers;
  for (std::size_t i = 5; i < arguments.size(); ++i)
    layers.push_back(GramOf(ReadMatrix(arguments[i]), arguments[i]));
  const std::map<std::string, std::string> committed;
  const Question question{spec, recording, has_trials ? &trials : nullptr, committed};
  const Metric& metric = *FindMetric(spec.metric);
  Must(metric.Check(question));
  const BenchmarkScore score = Must(metric.Score(question, layers));
  json answer = {{"raw", score.raw}, {"neuroids", score.neuroids}, {"layers", json::array()}};
  if (score.ceiling) answer["ceiling"] = score.ceiling->value;
  if (score.interval) answer["interval"] = {score.interval->lower, score.interval->upper};
  for (const LayerScore& layer : score.layers) {
    answer["layers"].push_back({{"raw", layer.raw},
                                {"per_subject", layer.per_subject},
                                {"per_neuroid", layer.per_neuroid}});
  }
  return answer;
}

int Run(const Arguments& arguments) {
  const std::map<std::string, std::function<json(const Arguments&)>> operations = {
      {"rdm", MakeRdm},       {"compare", Compare}, {"ceiling", MakeCeiling},
      {"resample", Resample}, {"ridge", Ridge},     {"reliability", Reliability},
      {"score", Score}};
  const json answer = operations.at(arguments.at(0))({arguments.begin() + 1, arguments.end()});
  std::puts(answer.dump().c_str());
  return 0;
}

}  // namespace
}  // namespace ventral

int main(int argc, char** argv) {
  try {
    return ventral::Run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "metrics_driver: %s\n", error.what());
    return 1;
  }
}
