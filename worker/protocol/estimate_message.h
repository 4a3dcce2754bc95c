// What a run will take, told by the evaluator before it begins.
#ifndef VENTRAL_WORKER_PROTOCOL_ESTIMATE_MESSAGE_H_
#define VENTRAL_WORKER_PROTOCOL_ESTIMATE_MESSAGE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "scoring/base/result.h"

namespace ventral {

// A number that would pass 2^63 − 1 stands there.
struct EstimateMessage {
  std::uint64_t activation_bytes = 0;  // of all layers on all stimuli
  std::uint64_t gram_bytes = 0;        // of all layers
  std::uint64_t memory_bytes =
      0;                    // most of these, and of what is made of them, that is held at once
  std::int64_t passes = 0;  // of the stimuli through the network; 0: none fits
  double seconds = 0;       // of extraction
};

std::string Encode(const EstimateMessage&);
// @error corrupt_data names the field: no number, negative, or more passes than 32 bits count.
Result<EstimateMessage> DecodeEstimate(std::string_view);

}  // namespace ventral

#endif  // VENTRAL_WORKER_PROTOCOL_ESTIMATE_MESSAGE_H_
