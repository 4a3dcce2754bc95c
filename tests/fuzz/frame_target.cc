// RunFrames of targets.h.
#include <unistd.h>

#include <algorithm>
#include <array>

#include "tests/fuzz/targets.h"
#include "worker/protocol/estimate_message.h"
#include "worker/protocol/frame.h"
#include "worker/protocol/inspect_messages.h"
#include "worker/protocol/kept_grams.h"
#include "worker/protocol/messages.h"
#include "worker/protocol/rdm_messages.h"
#include "worker/protocol/requests.h"

namespace ventral::fuzz {
namespace {

constexpr std::size_t kPipeHolds = 60'000;  // so that one thread can write and then read

template <typename Message>
void Decoded(const Result<Message>& message, Result<Message> (*decode)(std::string_view)) {
  if (!message.ok()) {
    if (message.error().code != ErrorCode::kCorruptData || message.error().message.empty())
      Fail("a message is refused as " + message.error().ToString());
    return;
  }
  const std::string once = Encode(*message);
  const Result<Message> again = decode(once);
  if (!again.ok()) Fail("its own encoding is refused: " + again.error().ToString());
  if (Encode(*again) != once) Fail("encoded again it is another message");
}

void Decode(const Frame& frame) {
  const std::string& payload = frame.payload;
  switch (frame.type) {
    case FrameType::kEvaluateRequest:
      return Decoded(DecodeEvaluateRequest(payload), DecodeEvaluateRequest);
    case FrameType::kExtractRequest:
      return Decoded(DecodeExtractRequest(payload), DecodeExtractRequest);
    case FrameType::kPlan:
      return Decoded(DecodePlan(payload), DecodePlan);
    case FrameType::kProgress:
      return Decoded(DecodeProgress(payload), DecodeProgress);
    case FrameType::kGram:
      return Decoded(DecodeGram(payload), DecodeGram);
    case FrameType::kFeatures:
      return Decoded(DecodeFeatures(payload), DecodeFeatures);
    case FrameType::kDone:
      return Decoded(DecodeDone(payload), DecodeDone);
    case FrameType::kFailure:
      return Decoded(DecodeFailure(payload), DecodeFailure);
    case FrameType::kInspectRequest:
      return Decoded(DecodeInspectRequest(payload), DecodeInspectRequest);
    case FrameType::kActivation:
      return Decoded(DecodeActivation(payload), DecodeActivation);
    case FrameType::kInspection:
      return Decoded(DecodeInspection(payload), DecodeInspection);
    case FrameType::kKeptHead:
      return Decoded(DecodeKeptHead(payload), DecodeKeptHead);
    case FrameType::kRdmsRequest:
      return Decoded(DecodeRdmsRequest(payload), DecodeRdmsRequest);
    case FrameType::kRdm:
      return Decoded(DecodeRdm(payload), DecodeRdm);
    case FrameType::kRdms:
      return Decoded(DecodeRdms(payload), DecodeRdms);
    case FrameType::kEstimate:
      return Decoded(DecodeEstimate(payload), DecodeEstimate);
    case FrameType::kKeptEnd: {
      const auto digest = DecodeKeptEnd(payload);
      if (digest.ok() && *DecodeKeptEnd(EncodeKeptEnd(*digest)) != *digest)
        Fail("a digest comes back as another");
      return;
    }
    case FrameType::kReport:
      return;  // handed on as it is; the server's own reader of protobuf takes it
  }
}

}  // namespace

void RunFrames(std::string_view bytes) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) Fail("no pipe");
  bytes = bytes.substr(0, std::min(bytes.size(), kPipeHolds));
  const bool written = write(ends[1], bytes.data(), bytes.size()) == std::ssize(bytes);
  close(ends[1]);
  while (written) {
    const auto frame = ReadFrame(ends[0], Bytes{kPipeHolds});
    if (!frame.ok() && frame.error().message.empty()) Fail("an error without words");
    if (!frame.ok() || !frame->has_value()) break;
    Decode(**frame);
  }
  close(ends[0]);
}

}  // namespace ventral::fuzz
