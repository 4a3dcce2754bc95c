#include "worker/protocol/inspect_messages.h"

#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>

#include "worker/protocol/json_reader.h"

namespace ventral {
namespace {

using nlohmann::json;

static_assert(std::endian::native == std::endian::little);
constexpr std::uint32_t kLargestInspectedHead = 1 << 16;

InspectionLayer ReadLayer(JsonReader& item) {
  InspectionLayer layer;
  layer.layer = {item.Text("path"), item.Integer("step")};
  layer.shape = item.Integers("shape");
  layer.parameters = item.Integer("parameters");
  layer.multiply_adds = item.Number("multiply_adds");
  layer.inferred = item.Boolean("inferred");
  layer.scored = item.Boolean("scored");
  layer.problem = item.Text("problem");
  return layer;
}

// Bytes of float32 values, or nullopt beyond what a frame may hold.
std::optional<std::uint64_t> BytesOf(const std::vector<std::int64_t>& shape) {
  std::uint64_t bytes = sizeof(float);
  for (const std::int64_t size : shape) {
    if (size == 0) return 0;
    if (bytes > kActivationFrameCap.value / static_cast<std::uint64_t>(size)) return std::nullopt;
    bytes *= static_cast<std::uint64_t>(size);
  }
  return bytes;
}

}  // namespace

std::string Encode(const InspectRequest& request) {
  return Dump({{"checkpoint", request.checkpoint},
               {"images", request.images},
               {"threads", request.threads}});
}

std::string Encode(const InspectionMessage& message) {
  json layers = json::array();
  for (const InspectionLayer& layer : message.layers) {
    layers.push_back({{"path", layer.layer.path},
                      {"step", layer.layer.step},
                      {"shape", layer.shape},
                      {"parameters", layer.parameters},
                      {"multiply_adds", layer.multiply_adds},
                      {"inferred", layer.inferred},
                      {"scored", layer.scored},
                      {"problem", layer.problem}});
  }
  return Dump({{"layers", layers},
               {"not_layers", message.not_layers},
               {"parameters", message.parameters},
               {"multiply_adds", message.multiply_adds},
               {"least_batch", message.least_batch},
               {"most_batch", message.most_batch},
               {"extractor", message.extractor},
               {"preprocessing", message.preprocessing},
               {"committed_layers", message.committed_layers},
               {"time_map", message.time_map},
               {"model", message.model}});
}

std::string Encode(const ActivationMessage& activation) {
  const std::string head = Dump({{"path", activation.layer.path},
                                 {"step", activation.layer.step},
                                 {"shape", activation.shape}});
  const auto bytes = static_cast<std::uint32_t>(head.size());
  std::string payload(reinterpret_cast<const char*>(&bytes), sizeof bytes);
  return payload + head + activation.values;
}

Result<InspectRequest> DecodeInspectRequest(std::string_view text) {
  JsonReader reader = JsonReader::Parse(text, "inspect request");
  InspectRequest request{reader.Text("checkpoint"), reader.Text("images"), 0};
  const std::int64_t threads = reader.Integer("threads");
  if (threads > 4096) reader.Keep(CorruptData("frame: threads is above 4096"));
  request.threads = static_cast<int>(threads);
  return Checked(std::move(request), reader);
}

Result<InspectionMessage> DecodeInspection(std::string_view text) {
  JsonReader reader = JsonReader::Parse(text, "inspection");
  InspectionMessage message;
  for (JsonReader& item : reader.Objects("layers")) {
    message.layers.push_back(ReadLayer(item));
    reader.Keep(item.status());
  }
  message.not_layers = reader.TextMap("not_layers");
  message.parameters = reader.Integer("parameters");
  message.multiply_adds = reader.Number("multiply_adds");
  message.least_batch = reader.Integer("least_batch");
  message.most_batch = reader.Integer("most_batch");
  message.extractor = reader.Text("extractor");
  message.preprocessing = reader.Text("preprocessing");
  message.committed_layers = reader.TextMap("committed_layers");
  message.time_map = reader.NumbersMap("time_map");
  message.model = reader.TextMap("model");
  return Checked(std::move(message), reader);
}

Result<ActivationMessage> DecodeActivation(std::string_view payload) {
  std::uint32_t head = 0;
  if (payload.size() < sizeof head) return CorruptData("frame activation: shorter than its head");
  std::memcpy(&head, payload.data(), sizeof head);
  payload.remove_prefix(sizeof head);
  if (head > kLargestInspectedHead || head > payload.size()) {
    return CorruptData("frame activation: a head of " + std::to_string(head) +
                       " bytes does not fit");
  }
  JsonReader reader = JsonReader::Parse(payload.substr(0, head), "activation");
  payload.remove_prefix(head);
  ActivationMessage message;
  message.layer = {reader.Text("path"), reader.Integer("step")};
  message.shape = reader.Integers("shape");
  if (!reader.status().ok()) return reader.status().error();
  if (BytesOf(message.shape) != payload.size()) {
    return CorruptData("frame activation of layer " + message.layer.ToString() + ": " +
                       std::to_string(payload.size()) + " bytes do not fit its shape");
  }
  message.values = payload;
  return message;
}

}  // namespace ventral
