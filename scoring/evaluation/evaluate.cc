#include "scoring/evaluation/evaluate.h"

#include "scoring/evaluation/permuted.h"
#include "scoring/evaluation/prepared.h"
#include "scoring/metrics/metric.h"

namespace ventral {
namespace {

Result<BenchmarkScore> ScoreFeatures(const Question& question, std::span<const Gram> layers,
                                     const FeatureReadings* readings) {
  const FeatureReading* reading = readings == nullptr ? nullptr : readings->Of(question.spec.id);
  if (reading == nullptr) {
    return InvalidInput("metric " + question.spec.metric +
                        " needs the features of the layers, and Grams have none: submit the "
                        "checkpoint again");
  }
  return reading->Score(question, layers);
}

// `progress` with what is being done beside the score itself.
Result<BenchmarkScore> ScoreOne(const Prepared& prepared, const Question& question,
                                std::span<const Gram> layers,
                                const std::function<Status(const std::string&)>& progress) {
  VENTRAL_ASSIGN_OR_RETURN(BenchmarkScore score, prepared.metric->Score(question, layers));
  if (prepared.permutations == 0) return score;
  const std::string of = " of " + std::to_string(prepared.permutations);
  VENTRAL_ASSIGN_OR_RETURN(
      score.null, PermuteStimuli(*prepared.metric, question, layers, score.raw,
                                 prepared.permutations, [&](std::int64_t i) {
                                   return progress(", permutation " + std::to_string(i + 1) + of);
                                 }));
  return score;
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
    const std::map<std::string, std::string>& committed_layers, const EvaluateProgress& progress,
    const FeatureReadings* readings) {
  const auto stimuli = static_cast<Eigen::Index>(pack.stimuli.size());
  if (layers.empty()) return InvalidInput("the checkpoint gave no layer");
  for (const Gram& layer : layers) VENTRAL_RETURN_IF_ERROR(CheckGram(layer, stimuli));
  std::vector<BenchmarkScore> scores;
  const auto total = static_cast<std::int64_t>(pack.manifest.benchmarks.size());
  for (const PackManifest::BenchmarkInfo& benchmark : pack.manifest.benchmarks) {
    const std::string where = "benchmark " + benchmark.spec.id;
    const auto done = static_cast<std::int64_t>(scores.size());
    VENTRAL_RETURN_IF_ERROR(progress(done, total, benchmark.spec.id));
    auto prepared = Prepare(pack, benchmark.spec, committed_layers);
    if (!prepared.ok()) return std::move(prepared).error().Within(where);
    const Question question = prepared->Ask(pack, committed_layers);
    const auto more = [&](const std::string& what) {
      return progress(done, total, benchmark.spec.id + what);
    };
    auto score = prepared->metric->NeedsFeatures() ? ScoreFeatures(question, layers, readings)
                                                   : ScoreOne(*prepared, question, layers, more);
    if (!score.ok()) return std::move(score).error().Within(where);
    scores.push_back(std::move(score).value());
  }
  return scores;
}

}  // namespace ventral
