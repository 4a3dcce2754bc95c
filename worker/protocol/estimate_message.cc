#include "worker/protocol/estimate_message.h"

#include <limits>

#include "worker/protocol/json_reader.h"

namespace ventral {

std::string Encode(const EstimateMessage& estimate) {
  return Dump({{"activation_bytes", estimate.activation_bytes},
               {"gram_bytes", estimate.gram_bytes},
               {"memory_bytes", estimate.memory_bytes},
               {"passes", estimate.passes},
               {"seconds", estimate.seconds}});
}

Result<EstimateMessage> DecodeEstimate(std::string_view text) {
  JsonReader reader = JsonReader::Parse(text, "estimate");
  EstimateMessage estimate;
  estimate.activation_bytes = static_cast<std::uint64_t>(reader.Integer("activation_bytes"));
  estimate.gram_bytes = static_cast<std::uint64_t>(reader.Integer("gram_bytes"));
  estimate.memory_bytes = static_cast<std::uint64_t>(reader.Integer("memory_bytes"));
  estimate.passes = reader.Integer("passes");
  estimate.seconds = reader.Number("seconds");
  if (estimate.passes > std::numeric_limits<std::int32_t>::max())
    reader.Keep(CorruptData("frame estimate, field passes: is above 2^31 - 1"));
  if (estimate.seconds < 0) reader.Keep(CorruptData("frame estimate, field seconds: is negative"));
  return Checked(std::move(estimate), reader);
}

}  // namespace ventral
