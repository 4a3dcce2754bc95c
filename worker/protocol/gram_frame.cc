// A Gram in a frame: u32 length of a JSON head, the head, then float64 row_sums[n] and inner[n ×
// n]. Numbers are little-endian, as every machine that LibTorch runs on is.
#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>

#include "worker/protocol/json_reader.h"
#include "worker/protocol/messages.h"

namespace ventral {
namespace {

static_assert(std::endian::native == std::endian::little);
constexpr std::uint64_t kLargestHead = 1 << 16;
constexpr std::int64_t kMostStimuli = 1'000'000;

std::uint64_t MatrixBytes(std::int64_t stimuli) {
  const auto n = static_cast<std::uint64_t>(stimuli);
  return (n + n * n) * sizeof(double);
}

}  // namespace

std::uint64_t GramFrameCap(std::int64_t stimuli) {
  return sizeof(std::uint32_t) + kLargestHead + MatrixBytes(stimuli);
}

std::string Encode(const Gram& gram) {
  const nlohmann::json head = {{"path", gram.layer.path},
                               {"step", gram.layer.step},
                               {"features", gram.features},
                               {"inferred", gram.inferred},
                               {"stimuli", gram.stimuli()}};
  const std::string text = head.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  const auto head_bytes = static_cast<std::uint32_t>(text.size());
  const std::size_t sums = static_cast<std::size_t>(gram.row_sums.size()) * sizeof(double);
  const std::size_t inner = static_cast<std::size_t>(gram.inner.size()) * sizeof(double);
  std::string payload;
  payload.reserve(sizeof head_bytes + text.size() + sums + inner);
  payload.append(reinterpret_cast<const char*>(&head_bytes), sizeof head_bytes);
  payload += text;
  payload.append(reinterpret_cast<const char*>(gram.row_sums.data()), sums);
  // Symmetric, so that column-major and row-major are the same bytes.
  payload.append(reinterpret_cast<const char*>(gram.inner.data()), inner);
  return payload;
}

Result<Gram> DecodeGram(std::string_view payload) {
  std::uint32_t head_bytes = 0;
  if (payload.size() < sizeof head_bytes) return CorruptData("frame gram: shorter than its head");
  std::memcpy(&head_bytes, payload.data(), sizeof head_bytes);
  payload.remove_prefix(sizeof head_bytes);
  if (head_bytes > kLargestHead || head_bytes > payload.size()) {
    return CorruptData("frame gram: a head of " + std::to_string(head_bytes) +
                       " bytes does not fit");
  }
  JsonReader reader = JsonReader::Parse(payload.substr(0, head_bytes), "gram");
  payload.remove_prefix(head_bytes);
  Gram gram;
  gram.layer = {reader.Text("path"), reader.Integer("step")};
  gram.features = reader.Integer("features");
  gram.inferred = reader.Boolean("inferred");
  const std::int64_t stimuli = reader.Integer("stimuli");
  if (!reader.status().ok()) return reader.status().error();
  if (stimuli > kMostStimuli || MatrixBytes(stimuli) != payload.size()) {
    return CorruptData("frame gram of layer " + gram.layer.ToString() + ": " +
                       std::to_string(payload.size()) + " bytes are no Gram matrix of " +
                       std::to_string(stimuli) + " stimuli");
  }
  gram.row_sums.resize(stimuli);
  gram.inner.resize(stimuli, stimuli);
  const std::size_t sums = static_cast<std::size_t>(stimuli) * sizeof(double);
  if (stimuli > 0) {
    std::memcpy(gram.row_sums.data(), payload.data(), sums);
    std::memcpy(gram.inner.data(), payload.data() + sums, payload.size() - sums);
  }
  return gram;
}

}  // namespace ventral
