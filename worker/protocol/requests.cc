#include "worker/protocol/requests.h"

#include <nlohmann/json.hpp>

#include "worker/protocol/json_reader.h"

namespace ventral {
namespace {

nlohmann::json ToJson(const RunLimits& limits) {
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

}  // namespace ventral
