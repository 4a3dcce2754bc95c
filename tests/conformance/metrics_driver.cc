// The metrics on arrays from files, for peers that speak Python: metrics_peers.py runs it.
// Usage: metrics_driver OPERATION ARGUMENT…    arrays are .npy files; the answer is one JSON line.
#include <algorithm>
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
#include "scoring/metrics/rdm_mixture.h"
#include "scoring/metrics/response_rdm.h"
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
json MakeLayerRdm(const Arguments& arguments) {
  const std::map<std::string, RdmKind> kinds = {{"correlation", RdmKind::kCorrelation},
                                                {"cosine", RdmKind::kCosine},
                                                {"euclidean", RdmKind::kEuclidean}};
  const Gram gram = GramOf(ReadMatrix(arguments.at(1)), "layer");
  return ToJson(Must(LayerRdm(gram, kinds.at(arguments.at(0)))).upper.transpose())[0];
}

// KIND NOISE RESPONSES TRIALS|- → condensed RDM
json MakeResponseRdm(const Arguments& arguments) {
  const Recording responses =
      ReadRecording(arguments.at(2), RecordingKind::kResponses, {Axis::kStimulus, Axis::kNeuroid});
  Recording trials;
  if (arguments.at(3) != "-") {
    trials = ReadRecording(arguments.at(3), RecordingKind::kResponses,
                           {Axis::kRepeat, Axis::kStimulus, Axis::kNeuroid});
  }
  const std::vector<Rdm> rdms =
      Must(ResponseRdms(responses, arguments.at(3) == "-" ? nullptr : &trials,
                        ResponseRdmNamed(arguments.at(0)), NoiseEstimateNamed(arguments.at(1))));
  return ToJson(rdms.at(0).upper.transpose())[0];
}

// ESTIMATE DOF RESIDUALS → covariance
json MakeCovariance(const Arguments& arguments) {
  return ToJson(NoiseCovariance(ReadMatrix(arguments.at(2)), std::stod(arguments.at(1)),
                                NoiseEstimateNamed(arguments.at(0))));
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

// COMPARATOR LAYERS SUBJECTS → [subject]: the mixture of the layers for the other subjects,
// condensed
json Mix(const Arguments& arguments) {
  const RdmComparator comparator = ComparatorNamed(arguments.at(0));
  const std::vector<Rdm> layers = ReadRdms(arguments.at(1));
  json answer = json::array();
  for (const Mixture& mixture :
       MixRdms(layers, MakeComparable(ReadRdms(arguments.at(2)), comparator),
               StimulusSample::All(layers.at(0).stimuli), {comparator})) {
    answer.push_back(ToJson(mixture.rdm.upper.transpose())[0]);
  }
  return answer;
}

// COMPARATOR RDMS → [lower, upper]
json MakeCeiling(const Arguments& arguments) {
  const auto ceiling = RsaCeiling(ReadRdms(arguments.at(1)), {ComparatorNamed(arguments.at(0))});
  return {ceiling.value().lower.value(), ceiling.value().upper.value()};
}

Eigen::MatrixXd Counts(Eigen::VectorXd (*draw)(Seed, std::uint64_t, int), Seed seed, int resamples,
                       Eigen::Index of) {
  Eigen::MatrixXd counts(resamples, of);
  for (int r = 0; r < resamples; ++r) {
    counts.row(r) = draw(seed, static_cast<std::uint64_t>(r), static_cast<int>(of));
  }
  return counts;
}

// COMPARATOR SEED RESAMPLES RDMS RDMS → how often each stimulus and subject is drawn
// [resample][which]; each layer's score and both bounds of the ceiling, where stimuli, subjects, or
// both are drawn: [layer …, lower, upper][resample]; the variances of both's intervals
json Resample(const Arguments& arguments) {
  const Seed seed{std::stoull(arguments.at(1))};
  const int resamples = std::stoi(arguments.at(2));
  const std::vector<Rdm> layers = ReadRdms(arguments.at(3)), subjects = ReadRdms(arguments.at(4));
  const Drawable drawable{0, static_cast<int>(subjects.at(0).stimuli),
                          static_cast<int>(subjects.size())};
  const IntervalRule rule{Over::kBoth, true, resamples};
  const std::optional<RsaChoice> no_choice;
  const RsaNumbers numbers(layers, subjects, {ComparatorNamed(arguments.at(0))}, no_choice);
  const Resampled made = Bootstrap(numbers, numbers.size(), drawable, rule, seed, 0);
  json variances = json::array();
  for (Eigen::Index row = 0; row < numbers.size(); ++row) {
    const auto error = ErrorOf(made.Row(row), rule, drawable);
    variances.push_back(error ? error->value * error->value : 0);
  }
  return {{"stimuli", ToJson(Counts(ResampleCounts, seed, resamples, drawable.stimuli))},
          {"subjects", ToJson(Counts(SubjectCounts, seed, resamples, drawable.subjects))},
          {"of_stimuli", ToJson(made.one)},
          {"of_subjects", ToJson(made.subjects)},
          {"of_both", ToJson(made.both)},
          {"variances", variances}};
}

struct Features {
  Eigen::MatrixXd values;  // [stimulus × feature]
  std::vector<std::int64_t> shape;
};

Features ReadFeatures(const std::string& file) {
  const NpyArray array = Read(file);
  const std::vector<std::int64_t> shape(array.shape.begin() + 1, array.shape.end());
  const auto stimuli = static_cast<Eigen::Index>(array.shape.at(0));
  const auto all = static_cast<Eigen::Index>(array.values.size());
  return {Eigen::Map<const RowMajor>(array.values.data(), stimuli, all / stimuli), shape};
}

Result<BenchmarkScore> ScoreOf(const Question& question, const std::vector<Gram>& layers,
                               const std::vector<Features>& features) {
  const Metric& metric = *FindMetric(question.spec.metric);
  VENTRAL_RETURN_IF_ERROR(metric.Check(question));
  if (!metric.NeedsFeatures()) return metric.Score(question, layers);
  std::vector<ComingLayer> coming;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    coming.push_back({layers[l].layer, features[l].shape});
  }
  VENTRAL_ASSIGN_OR_RETURN(const auto reading,
                           metric.ReadFeatures(question, coming, Bytes{1ull << 30}));
  for (std::size_t l = 0; l < layers.size(); ++l) {
    reading->Take(l, 0, features[l].values.cast<float>());
  }
  return reading->Score(question, layers);
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
  const bool rdms = Read(arguments.at(3)).shape.size() == 3;
  const Recording recording = rdms ? ReadRdmRecording(arguments.at(3))
                                   : ReadRecording(arguments.at(3), RecordingKind::kResponses,
                                                   {Axis::kStimulus, Axis::kNeuroid});
  Recording trials;
  const bool has_trials = arguments.at(4) != "-";
  if (has_trials) {
    trials = ReadRecording(arguments.at(4), RecordingKind::kResponses,
                           {Axis::kRepeat, Axis::kStimulus, Axis::kNeuroid});
  }
  std::vector<Gram> layers;
  std::vector<Features> features;
  for (std::size_t i = 5; i < arguments.size(); ++i) {
    features.push_back(ReadFeatures(arguments[i]));
    layers.push_back(GramOf(features.back().values, arguments[i]));
  }
  const std::map<std::string, std::string> committed;
  const Question question{spec, recording, has_trials ? &trials : nullptr, committed};
  const BenchmarkScore score = Must(ScoreOf(question, layers, features));
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
  operations.insert({{"rdm", MakeLayerRdm},
                     {"response_rdm", MakeResponseRdm},
                     {"noise_covariance", MakeCovariance},
                     {"compare", Compare},
                     {"mixture", Mix},
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
