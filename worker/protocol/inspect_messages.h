// The frames of `ventral inspect`: what a checkpoint holds, and what its layers answer.
#ifndef VENTRAL_WORKER_PROTOCOL_INSPECT_MESSAGES_H_
#define VENTRAL_WORKER_PROTOCOL_INSPECT_MESSAGES_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scoring/base/gram.h"
#include "scoring/base/result.h"
#include "scoring/base/units.h"

namespace ventral {

struct InspectRequest {
  std::string checkpoint;  // absolute path
  std::string images;      // absolute path of an .npy file; empty for none
  int threads = 0;         // 0: all
};

struct InspectionLayer {
  LayerId layer;
  std::vector<std::int64_t> shape;  // of one stimulus
  std::int64_t parameters = 0;
  double multiply_adds = 0;  // a stimulus
  bool inferred = false, scored = false;
  std::string problem;  // why it cannot be scored, or empty
};

// As scoring/features/inspect.h says it.
struct InspectionMessage {
  std::vector<InspectionLayer> layers;
  std::map<std::string, std::string> not_layers;
  std::int64_t parameters = 0;
  double multiply_adds = 0;
  std::int64_t least_batch = 1, most_batch = 1;
  std::string extractor, preprocessing;
  std::map<std::string, std::string> committed_layers, model;
  std::map<std::string, std::vector<double>> time_map;
};

struct ActivationMessage {
  LayerId layer;
  std::vector<std::int64_t> shape;  // [stimulus × …]
  std::string values;               // float32, little-endian, C order
};

std::string Encode(const InspectRequest&);
// Also what `ventral inspect --json` prints.
std::string Encode(const InspectionMessage&);
// Binary: u32 length of a JSON head {path, step, shape}, the head, then the values.
std::string Encode(const ActivationMessage&);

Result<InspectRequest> DecodeInspectRequest(std::string_view);
Result<InspectionMessage> DecodeInspection(std::string_view);
// @error corrupt_data also where the values are not as many as the shape says.
Result<ActivationMessage> DecodeActivation(std::string_view);

// One layer of one batch.
inline constexpr Bytes kActivationFrameCap{4ull << 30};

}  // namespace ventral

#endif  // VENTRAL_WORKER_PROTOCOL_INSPECT_MESSAGES_H_
