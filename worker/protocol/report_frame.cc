// ScoreReport as the proto3 JSON of ventral.v1.ScoreReport, under its original field names. A test
// reads it with protobuf's own parser, unknown fields refused
// (docs/decisions/report-is-proto-json.md).
#include <cmath>
#include <nlohmann/json.hpp>

#include "worker/protocol/messages.h"

namespace ventral {
namespace {

using nlohmann::json;

// proto3 JSON writes these three as text; as null they would be read as 0.
json Number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  return value;
}

json Numbers(const std::vector<double>& values) {
  json out = json::array();
  for (const double value : values) out.push_back(Number(value));
  return out;
}

void PutOptional(json& to, const char* field, const std::optional<double>& value) {
  if (value) to[field] = Number(*value);
}

json ToJson(const LayerId& layer) { return {{"path", layer.path}, {"step", layer.step}}; }

json ToJson(const Interval& interval) {
  return {{"lower", Number(interval.lower)},
          {"upper", Number(interval.upper)},
          {"level", Number(interval.level)},
          {"method", interval.method},
          {"resamples", interval.resamples}};
}

json ToJson(const Ceiling& ceiling) {
  json out = {{"value", Number(ceiling.value)}, {"method", ceiling.method}};
  PutOptional(out, "lower", ceiling.lower);
  PutOptional(out, "upper", ceiling.upper);
  if (ceiling.interval) out["interval"] = ToJson(*ceiling.interval);
  if (ceiling.lower_interval) out["lower_interval"] = ToJson(*ceiling.lower_interval);
  return out;
}

json ToJson(const LayerScore& score) {
  json out = {{"layer", ToJson(score.layer)},
              {"inferred", score.inferred},
              {"raw", Number(score.raw)},
              {"per_subject", Numbers(score.per_subject)},
              {"per_neuroid", Numbers(score.per_neuroid)},
              {"undefined", score.undefined}};
  PutOptional(out, "normalised", score.normalised);
  if (score.interval) out["interval"] = ToJson(*score.interval);
  return out;
}

json ToJson(const Resamples& resamples) {
  return {{"one", Numbers(resamples.one)},
          {"subjects", Numbers(resamples.subjects)},
          {"both", Numbers(resamples.both)}};
}

json ToJson(const HeldOut& fold) { return {{"test", fold.test}, {"unused", fold.unused}}; }

json ToJson(const NullDistribution& null) {
  return {{"permutations", null.permutations},
          {"mean", Number(null.mean)},
          {"upper", Number(null.upper)},
          {"p", Number(null.p)}};
}

json ToJson(const BenchmarkScore& score) {
  json out = {{"benchmark", score.benchmark},
              {"metric", score.metric},
              {"raw", Number(score.raw)},
              {"rule", score.rule},
              {"layer_choice", score.layer_choice},
              {"layer", ToJson(score.layer)},
              {"seed", std::to_string(score.seed)},
              {"stimuli", score.stimuli},
              {"subjects", score.subjects},
              {"neuroids", score.neuroids},
              {"neuroids_left_out", score.neuroids_left_out},
              {"split", score.split},
              {"notes", score.notes}};
  if (score.ceiling) out["ceiling"] = ToJson(*score.ceiling);
  PutOptional(out, "normalised", score.normalised);
  if (score.interval) out["interval"] = ToJson(*score.interval);
  if (score.null) out["null"] = ToJson(*score.null);
  if (!score.resamples.one.empty()) out["resamples"]["raw"] = ToJson(score.resamples);
  if (!score.ceiling_resamples.one.empty()) {
    out["resamples"]["ceiling"] = ToJson(score.ceiling_resamples);
  }
  out["folds"] = json::array();
  for (const HeldOut& fold : score.folds) out["folds"].push_back(ToJson(fold));
  out["layers"] = json::array();
  for (const LayerScore& layer : score.layers) out["layers"].push_back(ToJson(layer));
  return out;
}

json ToJson(const Provenance& provenance) {
  return {{"checkpoint_sha256", provenance.checkpoint_sha256},
          {"pack", provenance.pack},
          {"pack_version", provenance.pack_version},
          {"pack_digest", provenance.pack_digest},
          {"scorer_version", provenance.scorer_version},
          {"extractor", provenance.extractor},
          {"device", provenance.device},
          {"precision", provenance.precision},
          {"preprocessing", provenance.preprocessing},
          {"extraction_seconds", Number(provenance.extraction_seconds)},
          {"scoring_seconds", Number(provenance.scoring_seconds)},
          {"passes", provenance.passes},
          {"stimuli", provenance.stimuli},
          {"extractor_peak_bytes", provenance.extractor_peak_bytes},
          {"evaluator_peak_bytes", provenance.evaluator_peak_bytes}};
}

}  // namespace

std::string Encode(const ScoreReport& report) {
  json out = {{"provenance", ToJson(report.provenance)}, {"scores", json::array()}};
  for (const BenchmarkScore& score : report.scores) out["scores"].push_back(ToJson(score));
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace ventral
