// What is answered in frames: JSON for everything but Grams. Decoders check types, ranges and
// sizes; a decoder's error is corrupt_data and names the field. What is asked: requests.h.
#ifndef VENTRAL_WORKER_PROTOCOL_MESSAGES_H_
#define VENTRAL_WORKER_PROTOCOL_MESSAGES_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "scoring/base/failure_cause.h"
#include "scoring/base/gram.h"
#include "scoring/base/result.h"
#include "scoring/base/score_report.h"

namespace ventral {

struct PlanLayer {
  LayerId layer;
  std::int64_t features = 0;
  bool inferred = false;
  std::vector<std::int64_t> shape = {};  // of one stimulus; none in what was kept long ago
};

struct PlanMessage {
  std::vector<PlanLayer> layers;
  std::uint64_t activation_bytes = 0;
  std::int64_t passes = 0;
  double expected_seconds = 0;
  std::string extractor, device, precision, preprocessing;
  std::map<std::string, std::string> committed_layers;
};

// done of total: 1 of 1, or 0 of 1 with the reason as its message. No reason to fail.
inline constexpr char kKeepPhase[] = "keep";

struct ProgressMessage {
  std::string phase;  // "plan", "extract", "score"
  std::int64_t done = 0, total = 0;
  std::string message;
};

// Features first, first + 1, … of a layer lie in the window, one after the other, each of all
// stimuli. The features of a layer come in order.
struct FeaturesMessage {
  LayerId layer;
  std::int64_t first = 0, count = 0;
};

struct DoneMessage {
  double seconds = 0;  // wall time of the extraction
};

struct FailureMessage {
  FailureCause cause = FailureCause::kInfrastructure;
  Error error;
  // Of kOutOfMemory that was foreseen: the least memory budget that will do. 0: not known.
  std::uint64_t needed_memory_bytes = 0;
};

std::string Encode(const PlanMessage&);
std::string Encode(const ProgressMessage&);
std::string Encode(const FeaturesMessage&);
std::string Encode(const DoneMessage&);
std::string Encode(const FailureMessage&);
// proto3 JSON of ventral.v1.ScoreReport under its original field names; doubles round-trip.
std::string Encode(const ScoreReport&);
// Binary: u32 length of a JSON head {layer, features, inferred, stimuli}, the head, then
// float64 row_sums[n], then float64 inner[n × n].
std::string Encode(const Gram&);

Result<PlanMessage> DecodePlan(std::string_view);
Result<ProgressMessage> DecodeProgress(std::string_view);
Result<FeaturesMessage> DecodeFeatures(std::string_view);
Result<DoneMessage> DecodeDone(std::string_view);
Result<FailureMessage> DecodeFailure(std::string_view);
// Sizes only; whoever uses the numbers calls CheckGram.
Result<Gram> DecodeGram(std::string_view);
// Largest payload of a Gram of `stimuli`.
std::uint64_t GramFrameCap(std::int64_t stimuli);

}  // namespace ventral

#endif  // VENTRAL_WORKER_PROTOCOL_MESSAGES_H_
