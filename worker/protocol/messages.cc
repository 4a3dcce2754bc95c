#include "worker/protocol/messages.h"

#include <nlohmann/json.hpp>

#include "worker/protocol/json_reader.h"

namespace ventral {
namespace {

using nlohmann::json;

std::optional<ErrorCode> ParseErrorCode(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(ErrorCode::kInternal); ++i) {
    if (ErrorCodeName(static_cast<ErrorCode>(i)) == name) return static_cast<ErrorCode>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string Encode(const PlanMessage& plan) {
  json layers = json::array();
  for (const PlanLayer& layer : plan.layers) {
    layers.push_back({{"path", layer.layer.path},
                      {"step", layer.layer.step},
                      {"features", layer.features},
                      {"inferred", layer.inferred},
                      {"shape", layer.shape}});
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

Result<PlanMessage> DecodePlan(std::string_view text) {
  JsonReader reader = JsonReader::Parse(text, "plan");
  PlanMessage plan;
  for (JsonReader& item : reader.Objects("layers")) {
    PlanLayer layer;
    layer.layer = {item.Text("path"), item.Integer("step")};
    layer.features = item.Integer("features");
    layer.inferred = item.Boolean("inferred");
    if (item.Has("shape")) layer.shape = item.Integers("shape");
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
