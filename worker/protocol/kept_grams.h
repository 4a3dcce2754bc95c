// Kept Grams: all that an extractor sent, in a file, so that scoring can be done again without
// network and GPU. The file is frames (frame.h): kKeptHead, kPlan, kGram one a layer, and kKeptEnd
// with the SHA-256 of every byte before it. docs/scoring.md, "Kept Grams".
#ifndef VENTRAL_WORKER_PROTOCOL_KEPT_GRAMS_H_
#define VENTRAL_WORKER_PROTOCOL_KEPT_GRAMS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scoring/base/digest.h"
#include "scoring/base/result.h"

namespace ventral {

inline constexpr std::int64_t kKeptGramsFormat = 1;

// What the Grams are of. Preprocessing, extractor, device and precision stand in the plan.
struct KeptHead {
  std::string checkpoint_sha256;
  std::string pack, pack_version, pack_digest;
  std::string stimuli_digest;        // of lines "<stimulus id> <SHA-256 of its image>\n", in order
  std::vector<std::string> stimuli;  // ids, in the order of the matrices' rows
  std::string program;               // that wrote it, "ventral-evaluate 0.1.0"
  double extraction_seconds = 0;     // wall time
};

std::string Encode(const KeptHead&);
// @error corrupt_data names the field, or the format where it is another one.
Result<KeptHead> DecodeKeptHead(std::string_view);

// Of kKeptEnd: the digest of all before it.
std::string EncodeKeptEnd(const Digest& digest);
Result<Digest> DecodeKeptEnd(std::string_view);

}  // namespace ventral

#endif  // VENTRAL_WORKER_PROTOCOL_KEPT_GRAMS_H_
