#include "client/lib/inspect.h"

#include <signal.h>

#include <fstream>

#include "client/lib/evaluator_process.h"
#include "worker/protocol/frame.h"
#include "worker/protocol/messages.h"
#include "worker/sandbox/child.h"

namespace ventral::client {
namespace {

namespace fs = std::filesystem;
// NumPy pads the header so that the values begin at a multiple of this (NEP 1).
constexpr std::size_t kNpyAlignment = 64;

Error Broken(const std::string& why) {
  return Internal("the extractor sent what cannot be read: " + why);
}

Error Died(Child& child) {
  child.CloseInput();
  const ChildOutcome outcome = child.Wait();
  const std::string log = child.LogTail();
  return Internal("the extractor " + outcome.ToString() + " before it answered" +
                  (log.empty() ? "" : "; its log ends:\n" + log));
}

Error Refused(const std::string& payload) {
  Result<FailureMessage> failure = DecodeFailure(payload);
  if (!failure.ok()) return Broken(failure.error().message);
  if (!failure->error.context.empty()) failure->error.message += "\n" + failure->error.context;
  return std::move(failure->error);
}

Result<InspectionMessage> ReadAnswer(Child& child, const OnActivation& on_activation) {
  while (true) {
    const Result<std::optional<Frame>> frame = ReadFrame(child.from_child(), kActivationFrameCap);
    if (!frame.ok()) return Broken(frame.error().message);
    if (!frame->has_value()) return Died(child);
    const auto& [type, payload] = **frame;
    if (type == FrameType::kFailure) return Refused(payload);
    if (type == FrameType::kInspection) {
      Result<InspectionMessage> inspection = DecodeInspection(payload);
      if (!inspection.ok()) return Broken(inspection.error().message);
      return inspection;
    }
    if (type != FrameType::kActivation) return Broken("a frame that is not its to send");
    const Result<ActivationMessage> activation = DecodeActivation(payload);
    if (!activation.ok()) return Broken(activation.error().message);
    VENTRAL_RETURN_IF_ERROR(on_activation(*activation));
  }
}

}  // namespace

Result<InspectionMessage> InspectFile(const fs::path& checkpoint, const fs::path& images,
                                      const fs::path& extractor,
                                      const OnActivation& on_activation) {
  VENTRAL_RETURN_IF_ERROR(CheckFile(checkpoint));
  InspectRequest request;
  std::error_code error;
  request.checkpoint = fs::absolute(checkpoint, error).string();
  if (!images.empty()) {
    VENTRAL_RETURN_IF_ERROR(CheckFile(images));
    request.images = fs::absolute(images, error).string();
  }
  if (error) return Unavailable("there is no working folder: " + error.message());
  signal(SIGPIPE, SIG_IGN);
  ChildOptions options{extractor.string(), {"--inspect"}, {}};
  options.isolate = true;
  VENTRAL_ASSIGN_OR_RETURN(Child child, Child::Start(options));
  if (!WriteFrame(child.to_child(), FrameType::kInspectRequest, Encode(request)).ok())
    return Died(child);
  return ReadAnswer(child, on_activation);
}

Status WriteNpy(const fs::path& file, const std::vector<std::int64_t>& shape,
                std::string_view values) {
  std::string sizes;
  for (const std::int64_t size : shape) sizes += std::to_string(size) + ",";
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + sizes + "), }";
  const std::string magic("\x93NUMPY\x01\x00", 8);
  while ((magic.size() + 2 + header.size() + 1) % kNpyAlignment != 0) header += ' ';
  header += '\n';
  std::ofstream out(file, std::ios::binary);
  out << magic << static_cast<char>(header.size() & 0xff) << static_cast<char>(header.size() >> 8)
      << header << values;
  out.close();
  if (!out) return Unavailable("cannot write " + file.string());
  return Ok{};
}

}  // namespace ventral::client
