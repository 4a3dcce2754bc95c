// The frames of `ventral rdms`: a distance matrix of each layer whose Gram was kept.
#ifndef VENTRAL_WORKER_PROTOCOL_RDM_MESSAGES_H_
#define VENTRAL_WORKER_PROTOCOL_RDM_MESSAGES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scoring/base/gram.h"
#include "scoring/base/rdm.h"
#include "scoring/base/result.h"
#include "worker/protocol/kept_grams.h"

namespace ventral {

struct RdmsRequest {
  std::string grams;                // absolute path of kept Grams
  std::vector<std::string> layers;  // patterns (scoring/base/layer_pattern.h); none: all layers
  std::string distance = "correlation";            // "cosine", "euclidean" (scoring/metrics/rdm.h)
  std::uint64_t memory_budget_bytes = 4ull << 30;  // for all Grams of the file
};

struct RdmMessage {
  LayerId layer;
  std::int64_t features = 0;
  bool inferred = false;
  std::string undefined;  // why there are no distances, or empty
  Rdm rdm;                // without values where undefined
};

// What all of them are of.
struct RdmsMessage {
  KeptHead head;
  std::string distance;
  std::string extractor, device, precision, preprocessing;
};

std::string Encode(const RdmsRequest&);
// Binary: u32 length of a JSON head {path, step, features, inferred, undefined, stimuli}, the head,
// then float64 upper[n(n−1)/2], or nothing.
std::string Encode(const RdmMessage&);
std::string Encode(const RdmsMessage&);

// All: @error corrupt_data names the field.
Result<RdmsRequest> DecodeRdmsRequest(std::string_view);
Result<RdmMessage> DecodeRdm(std::string_view);
Result<RdmsMessage> DecodeRdms(std::string_view);

}  // namespace ventral

#endif  // VENTRAL_WORKER_PROTOCOL_RDM_MESSAGES_H_
