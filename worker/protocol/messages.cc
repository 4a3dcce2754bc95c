#include "worker/protocol/messages.h"

#include <nlohmann/json.hpp>

#include "worker/protocol/json_reader.h"

namespace ventral {
namespace {

using nlohmann::json;

json ToJson(const RunLimits& limits) {
  return {{"device", limits.device},
          {"memory_budget_bytes", limits.memory_budget_bytes},
          {"batch_size", limits.batch_size},
          {"threads", limits.threads},
          {"processor_seconds", limits.processor_seconds},
          {"required_sandbox", limits.required_sandbox},
          {"torchscript", limits.torchscript},
          {"layers", limits.layers},
          {"precision", limits.precision},
          {"samples", limits.samples},
          {"seed", limits.seed}};
}

RunLimits ReadLimits(JsonReader& message) {
  JsonReader reader = message.Object("limits");
  RunLimits limits;
  limits.device = reader.Text("device");
  limits.memory_budget_bytes = static_cast<std::uint64_t>(reader.Integer("memory_budget_bytes"));
  limits.batch_size = reader.Integer("batch_size");
  const std::int64_t threads = reader.Integer("threads");
  limits.threads = static_cast<int>(threads);
  limits.processor_seconds = reader.Number("processor_seconds");
  limits.required_sandbox = reader.Texts("required_sandbox");
  limits.torchscript = reader.Boolean("torchscript");
  limits.layers = reader.Texts("layers");
  limits.precision = reader.Text("precision");
  limits.samples = reader.Integer("samples");
  limits.seed = reader.Integer("seed");
  if (limits.samples > 1000) reader.Keep(CorruptData("frame: samples is above 1000"));
  if (limits.batch_size < 1 || limits.batch_size > 65536)
    reader.Keep(CorruptData("frame: batch_size is not within 1 to 65536"));
  if (threads > 4096) reader.Keep(CorruptData("frame: threads is above 4096"));
  message.Keep(reader.status());
  return limits;
}

std::optional<ErrorCode> ParseErrorCode(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(ErrorCode::kInternal); ++i) {
    if (ErrorCodeName(static_cast<ErrorCode>(i)) == name) return static_cast<ErrorCode>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string Encode(const EvaluateRequest& request) {
  return Dump({{"checkpoint", request.checkpoint},
               {"pack_directory", request.pack_directory},
               {"extractor", request.extractor},
               {"limits", ToJson(request.limits)},
               {"grams", request.grams},
               {"keep_grams", request.keep_grams},
               {"most_kept_bytes", request.most_kept_bytes}});
}

std::string Encode(const ExtractRequest& request) {
  return Dump({{"checkpoint", request.checkpoint},
               {"stimuli", request.stimuli},
               {"limits", ToJson(request.limits)},
               {"feature_window_bytes", request.feature_window_bytes}});
}

std::string Encode(const PlanMessage& plan) {
  json layers = json::array();
  for (const PlanLayer& layer : plan.layers) {
    layers.push_back({{"path", layer.layer.path},
                      {"step", layer.layer.step},
                      {"features", layer.features},
                      {"inferred", layer.inferred}});
  }
  return Dump({{"layers", layers},
               {"activation_bytes", plan.activation_bytes},
               {"passes", plan.passes},
               {"expected_seconds", plan.expected_seconds},
               {"extractor", plan.extractor},
               {"device", plan.device},
               {"precision", plan.precision},
               {"preprocessing", plan.preprocessing},
               {"committed_layers", plan.committed_layers}});
}

std::string Encode(const ProgressMessage& progress) {
  return Dump({{"phase", progress.phase},
               {"done", progress.done},
               {"total", progress.total},
               {"message", progress.message}});
}

std::string Encode(const FeaturesMessage& features) {
  return Dump({{"path", features.layer.path},
               {"step", features.layer.step},
               {"first", features.first},
               {"count", features.count}});
}

std::string Encode(const DoneMessage& done) { return Dump({{"seconds", done.seconds}}); }

std::string Encode(const FailureMessage& failure) {
  return Dump({{"cause", FailureCauseName(failure.cause)},
               {"code", ErrorCodeName(failure.error.code)},
               {"message", failure.error.message},
               {"context", failure.error.context},
               {"needed_memory_bytes", failure.needed_memory_bytes}});
}

Result<EvaluateRequest> DecodeEvaluateRequest(std::string_view text) {
  JsonReader reader = JsonReader::Parse(text, "evaluate request");
  EvaluateRequest request;
  request.checkpoint = reader.Text("checkpoint");
  request.pack_directory = reader.Text("pack_directory");
  request.extractor = reader.Text("extractor");
  request.limits = ReadLimits(reader);
  request.grams = reader.Text("grams");
  request.keep_grams = reader.Text("keep_grams");
  request.most_kept_bytes = static_cast<std::uint64_t>(reader.Integer("most_kept_bytes"));
  return Checked(std::move(request), reader);
}

Result<ExtractRequest> DecodeExtractRequest(std::string_view text) {
  JsonReader reader = JsonReader::Parse(text, "extract request");
  ExtractRequest request;
  request.checkpoint = reader.Text("checkpoint");
  request.stimuli = reader.Texts("stimuli");
  request.limits = ReadLimits(reader);
  request.feature_window_bytes = static_cast<std::uint64_t>(reader.Integer("feature_window_bytes"));
  return Checked(std::move(request), reader);
}

Result<PlanMessage> DecodePlan(std::string_view text) {
  JsonReader reader = JsonReader::Parse(text, "plan");
  PlanMessage plan;
  for (JsonReader& item : reader.Objects("layers")) {
    PlanLayer layer;
    layer.layer = {item.Text("path"), item.Integer("step")};
    layer.features = item.Integer("features");
    layer.inferred = item.Boolean("inferred");
    reader.Keep(item.status());
    plan.layers.push_back(std::move(layer));
  }
  plan.activation_bytes = static_cast<std::uint64_t>(reader.Integer("activation_bytes"));
  plan.passes = reader.Integer("passes");
  plan.expected_seconds = reader.Number("expected_seconds");
  plan.extractor = reader.Text("extractor");
  plan.device = reader.Text("device");
  plan.precision = reader.Text("precision");
  plan.preprocessing = reader.Text("preprocessing");
  plan.committed_layers = reader.TextMap("committed_layers");
  return Checked(std::move(plan), reader);
}

Result<ProgressMessage> DecodeProgress(std::string_view text) {
  JsonReader reader = JsonReader::Parse(text, "progress");
  ProgressMessage progress{reader.Text("phase"), reader.Integer("done"), reader.Integer("total"),
                           reader.Text("message")};
  return Checked(std::move(progress), reader);
}

Result<FeaturesMessage> DecodeFeatures(std::string_view text) {
  JsonReader reader = JsonReader::Parse(text, "features");
  FeaturesMessage features;
  features.layer = {reader.Text("path"), reader.Integer("step")};
  features.first = reader.Integer("first");
  features.count = reader.Integer("count");
  return Checked(std::move(features), reader);
}

Result<DoneMessage> DecodeDone(std::string_view text) {
  JsonReader reader = JsonReader::Parse(text, "done");
  return Checked(DoneMessage{reader.Number("seconds")}, reader);
}

Result<FailureMessage> DecodeFailure(std::string_view text) {
  JsonReader reader = JsonReader::Parse(text, "failure");
  const auto cause = ParseFailureCause(reader.Text("cause"));
  const auto code = ParseErrorCode(reader.Text("code"));
  if (!cause) reader.Keep(CorruptData("frame failure, field cause: is no known cause"));
  if (!code) reader.Keep(CorruptData("frame failure, field code: is no known code"));
  FailureMessage failure;
  failure.cause = cause.value_or(FailureCause::kInfrastructure);
  failure.error = {code.value_or(ErrorCode::kInternal), reader.Text("message"),
                   reader.Text("context")};
  failure.needed_memory_bytes = static_cast<std::uint64_t>(reader.Integer("needed_memory_bytes"));
  return Checked(std::move(failure), reader);
}

}  // namespace ventral
