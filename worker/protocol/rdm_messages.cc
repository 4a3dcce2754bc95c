#include "worker/protocol/rdm_messages.h"

#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>

#include "worker/protocol/json_reader.h"

namespace ventral {
namespace {

using nlohmann::json;

static_assert(std::endian::native == std::endian::little);
constexpr std::uint32_t kLargestRdmHead = 1 << 17;
constexpr std::int64_t kMostRdmStimuli = 1'000'000;

std::uint64_t Pairs(std::int64_t stimuli) {
  const auto n = static_cast<std::uint64_t>(stimuli);
  return n == 0 ? 0 : n * (n - 1) / 2;
}

// Of the head of a layer's frame, whose values come behind it.
RdmMessage ReadHead(JsonReader& reader) {
  RdmMessage message;
  message.layer = {reader.Text("path"), reader.Integer("step")};
  message.features = reader.Integer("features");
  message.inferred = reader.Boolean("inferred");
  message.undefined = reader.Text("undefined");
  message.rdm.stimuli = reader.Integer("stimuli");
  return message;
}

}  // namespace

std::string Encode(const RdmsRequest& request) {
  return Dump({{"grams", request.grams},
               {"layers", request.layers},
               {"distance", request.distance},
               {"memory_budget_bytes", request.memory_budget_bytes}});
}

std::string Encode(const RdmMessage& message) {
  const std::string head = Dump({{"path", message.layer.path},
                                 {"step", message.layer.step},
                                 {"features", message.features},
                                 {"inferred", message.inferred},
                                 {"undefined", message.undefined},
                                 {"stimuli", message.rdm.stimuli}});
  const auto head_bytes = static_cast<std::uint32_t>(head.size());
  std::string payload(reinterpret_cast<const char*>(&head_bytes), sizeof head_bytes);
  payload += head;
  payload.append(reinterpret_cast<const char*>(message.rdm.upper.data()),
                 static_cast<std::size_t>(message.rdm.upper.size()) * sizeof(double));
  return payload;
}

std::string Encode(const RdmsMessage& message) {
  return Dump({{"head", Encode(message.head)},
               {"distance", message.distance},
               {"extractor", message.extractor},
               {"device", message.device},
               {"precision", message.precision},
               {"preprocessing", message.preprocessing}});
}

Result<RdmsRequest> DecodeRdmsRequest(std::string_view text) {
  JsonReader reader = JsonReader::Parse(text, "rdms request");
  RdmsRequest request;
  request.grams = reader.Text("grams");
  request.layers = reader.Texts("layers");
  request.distance = reader.Text("distance");
  request.memory_budget_bytes = static_cast<std::uint64_t>(reader.Integer("memory_budget_bytes"));
  if (!reader.status().ok()) return reader.status().error();
  return request;
}

Result<RdmMessage> DecodeRdm(std::string_view payload) {
  std::uint32_t head_bytes = 0;
  if (payload.size() < sizeof head_bytes) return CorruptData("frame rdm: shorter than its head");
  std::memcpy(&head_bytes, payload.data(), sizeof head_bytes);
  payload.remove_prefix(sizeof head_bytes);
  if (head_bytes > kLargestRdmHead || head_bytes > payload.size()) {
    return CorruptData("frame rdm: a head of " + std::to_string(head_bytes) +
                       " bytes does not fit");
  }
  JsonReader reader = JsonReader::Parse(payload.substr(0, head_bytes), "rdm");
  payload.remove_prefix(head_bytes);
  RdmMessage message = ReadHead(reader);
  if (!reader.status().ok()) return reader.status().error();
  const std::int64_t n = message.rdm.stimuli;
  const std::uint64_t pairs = n > kMostRdmStimuli || !message.undefined.empty() ? 0 : Pairs(n);
  if (n > kMostRdmStimuli || pairs * sizeof(double) != payload.size()) {
    return CorruptData("frame rdm of layer " + message.layer.ToString() + ": " +
                       std::to_string(payload.size()) + " bytes are no distances of " +
                       std::to_string(n) + " stimuli");
  }
  message.rdm.upper.resize(static_cast<Eigen::Index>(pairs));
  if (pairs > 0) std::memcpy(message.rdm.upper.data(), payload.data(), payload.size());
  return message;
}

Result<RdmsMessage> DecodeRdms(std::string_view text) {
  JsonReader reader = JsonReader::Parse(text, "rdms");
  RdmsMessage message;
  const std::string head = reader.Text("head");
  message.distance = reader.Text("distance");
  message.extractor = reader.Text("extractor");
  message.device = reader.Text("device");
  message.precision = reader.Text("precision");
  message.preprocessing = reader.Text("preprocessing");
  if (!reader.status().ok()) return reader.status().error();
  VENTRAL_ASSIGN_OR_RETURN(message.head, DecodeKeptHead(head));
  return message;
}

}  // namespace ventral
