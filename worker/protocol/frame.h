// Frames between daemon, evaluator and extractor: length-prefixed messages over a pipe.
// Header, 16 bytes, little-endian: magic "VNTR", u16 version, u16 type, u64 payload bytes.
#ifndef VENTRAL_WORKER_PROTOCOL_FRAME_H_
#define VENTRAL_WORKER_PROTOCOL_FRAME_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "scoring/base/result.h"
#include "scoring/base/units.h"

namespace ventral {

inline constexpr std::uint16_t kFrameVersion = 1;

enum class FrameType : std::uint16_t {
  kEvaluateRequest = 1,  // daemon, CLI → evaluator, once
  kExtractRequest = 2,   // evaluator → extractor, once
  kPlan = 3,             // extractor → evaluator, once
  kProgress = 4,         // upwards, often
  kGram = 5,             // extractor → evaluator, one a layer
  kDone = 6,             // extractor → evaluator, last
  kReport = 7,           // evaluator → daemon, last
  kFailure = 8,          // upwards, last instead of kDone or kReport
  kInspectRequest = 9,   // CLI → ventral-extract --inspect, once
  kActivation = 10,      // its answer: one a layer, where images were given
  kInspection = 11,      // its answer, last
  kKeptHead = 12,        // of a file of kept Grams (kept_grams.h), first
  kKeptEnd = 13,         // of such a file, last
  kRdmsRequest = 14,     // CLI → evaluator, once, instead of kEvaluateRequest
  kRdm = 15,             // its answer: one a layer
  kRdms = 16,            // its answer, last
  kEstimate = 17,        // evaluator → daemon, CLI, once, before a network's passes
  kFeatures = 18,        // extractor → evaluator, one a part of a layer, where they are wanted
};

struct Frame {
  FrameType type;
  std::string payload;
};

// The header of a frame with a payload of this size.
std::string FrameHead(FrameType type, std::uint64_t payload_bytes);

// Writes all of it, over short writes and EINTR. The writer must have SIGPIPE ignored.
// @error unavailable if the other side has closed.
Status WriteFrame(int fd, FrameType type, std::string_view payload);

// The next frame, or nullopt at a clean end of stream. A reader trusts nothing: the payload is not
// allocated before its declared size was held against `cap`, and it grows as bytes arrive.
// @error corrupt_data: bad magic, another version (names both), unknown type.
// @error unavailable: the stream was cut inside a frame, so the other side has died.
// @error resource_limit: payload beyond `cap`.
Result<std::optional<Frame>> ReadFrame(int fd, Bytes cap);

// For messages without arrays.
inline constexpr Bytes kControlFrameCap{64ull << 20};

}  // namespace ventral

#endif  // VENTRAL_WORKER_PROTOCOL_FRAME_H_
