#include "scoring/evaluation/evaluate.h"

#include "scoring/metrics/metric.h"

namespace ventral {
namespace {

struct Prepared {
  const Metric* metric;
  Question question;
};

Result<Prepared> Prepare(const Pack& pack, const BenchmarkSpec& spec,
                         const std::map<std::string, std::string>& committed_layers) {
  const Metric* metric = FindMetric(spec.metric);
  if (metric == nullptr) {
    std::string names;
    for (const std::string& name : MetricNames()) names += (names.empty() ? "" : ", ") + name;
    return InvalidInput("there is no metric '" + spec.metric + "'; those that exist: " + names);
  }
  const Recording* recording = pack.FindRecording(spec.recording);
  if (recording == nullptr) return InvalidInput("there is no recording '" + spec.recording + "'");
  const Recording* trials = spec.trials.empty() ? nullptr : pack.FindRecording(spec.trials);
  if (trials == nullptr && !spec.trials.empty())
    return InvalidInput("there is no recording '" + spec.trials + "'");
  Prepared prepared{metric, {spec, *recording, trials, committed_layers, &pack.columns}};
  VENTRAL_RETURN_IF_ERROR(metric->Check(prepared.question));
  return prepared;
}

}  // namespace

Status CheckBenchmarks(const Pack& pack) {
  const std::map<std::string, std::string> none;
  for (const PackManifest::BenchmarkInfo& benchmark : pack.manifest.benchmarks) {
    auto prepared = Prepare(pack, benchmark.spec, none);
    if (!prepared.ok()) return std::move(prepared).error().Within("benchmark " + benchmark.spec.id);
  }
  return Ok{};
}

Result<std::vector<BenchmarkScore>> Evaluate(
    const Pack& pack, std::span<const Gram> layers,
    const std::map<std::string, std::string>& committed_layers, const EvaluateProgress& progress) {
  const auto stimuli = static_cast<Eigen::Index>(pack.stimuli.size());
  if (layers.empty()) return InvalidInput("the checkpoint gave no layer");
  for (const Gram& layer : layers) VENTRAL_RETURN_IF_ERROR(CheckGram(layer, stimuli));
  std::vector<BenchmarkScore> scores;
  const auto total = static_cast<std::int64_t>(pack.manifest.benchmarks.size());
  for (const PackManifest::BenchmarkInfo& benchmark : pack.manifest.benchmarks) {
    const std::string where = "benchmark " + benchmark.spec.id;
    VENTRAL_RETURN_IF_ERROR(
        progress(static_cast<std::int64_t>(scores.size()), total, benchmark.spec.id));
    auto prepared = Prepare(pack, benchmark.spec, committed_layers);
    if (!prepared.ok()) return std::move(prepared).error().Within(where);
    auto score = prepared->metric->Score(prepared->question, layers);
    if (!score.ok()) return std::move(score).error().Within(where);
    scores.push_back(std::move(score).value());
  }
  return scores;
}

}  // namespace ventral
