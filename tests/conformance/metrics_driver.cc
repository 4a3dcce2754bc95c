// The metrics on arrays from files, for peers that speak Python: metrics_peers.py runs it.
// Usage: metrics_driver OPERATION ARGUMENT…    arrays are .npy files; the answer is one JSON line.
#include <cmath>
#include <cstdio>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scoring/metrics/bootstrap.h"
#include "scoring/metrics/metric.h"
#include "scoring/metrics/rdm.h"
#include "scoring/metrics/rsa_bootstrap.h"
#include "scoring/metrics/rsa_ceiling.h"
#include "tests/conformance/driver_arrays.h"
#include "tests/conformance/encoding_operations.h"

namespace ventral {
namespace {

Recording ReadRdmRecording(const std::string& file) {
  return ReadRecording(file, RecordingKind::kRdms,
                       {Axis::kSubject, Axis::kStimulus, Axis::kStimulus});
}

std::vector<Rdm> ReadRdms(const std::string& file) {
  return Must(SubjectRdms(ReadRdmRecording(file)));
}

// KIND FEATURES → condensed RDM
json MakeRdm(const Arguments& arguments) {
  const std::map<std::string, RdmKind> kinds = {{"correlation", RdmKind::kCorrelation},
                                                {"cosine", RdmKind::kCosine},
                                                {"euclidean", RdmKind::kEuclidean}};
  const Gram gram = GramOf(ReadMatrix(arguments.at(1)), "layer");
  return ToJson(Must(LayerRdm(gram, kinds.at(arguments.at(0)))).upper.transpose())[0];
}

// COMPARATOR RDMS RDMS [NOISE COVARIANCE] → [layer][subject]
json Compare(const Arguments& arguments) {
  Comparison comparison{ComparatorNamed(arguments.at(0))};
  std::optional<NoiseWhitening> noise;
  if (arguments.size() > 3) {
    noise = Must(NoiseWhitening::From(ReadMatrix(arguments[3])));
    comparison.noise = &*noise;
  }
  return ToJson(CompareRdms(ReadRdms(arguments.at(1)), ReadRdms(arguments.at(2)), comparison));
}

// COMPARATOR RDMS → [lower, upper]
json MakeCeiling(const Arguments& arguments) {
  const auto ceiling = RsaCeiling(ReadRdms(arguments.at(1)), {ComparatorNamed(arguments.at(0))});
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
          {"scores", ToJson(BootstrapRdms(layers, subjects, {ComparatorNamed(arguments.at(0))},
                                          seed, resamples, 0))}};
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
  std::map<std::string, std::function<json(const Arguments&)>> operations = EncodingOperations();
  operations.insert({{"rdm", MakeRdm},
                     {"compare", Compare},
                     {"ceiling", MakeCeiling},
                     {"resample", Resample},
                     {"score", Score}});
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
