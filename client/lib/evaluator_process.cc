#include "client/lib/evaluator_process.h"

#include <signal.h>

#include "worker/protocol/messages.h"

namespace ventral::client {
namespace {

namespace fs = std::filesystem;

// Frames of RDMs hold n(n−1)/2 distances: as many as a Gram matrix of 20,000 stimuli may have.
constexpr Bytes kLargestFrame{4ull << 30};

Error Failed(const std::string& payload) {
  Result<FailureMessage> failure = DecodeFailure(payload);
  if (!failure.ok()) return BrokenEvaluator(failure.error().message);
  // Of the log on the person's own machine nothing need be kept back.
  if (!failure->error.context.empty()) failure->error.message += "\n" + failure->error.context;
  // On one's own machine "infrastructure" would say nothing.
  if (failure->cause == FailureCause::kInfrastructure) return std::move(failure->error);
  return std::move(failure->error).Within(FailureCauseName(failure->cause));
}

}  // namespace

Error BrokenEvaluator(const std::string& why) {
  return Internal("the evaluator sent what cannot be read: " + why);
}

Status CheckFile(const fs::path& file) {
  std::error_code error;
  if (!fs::exists(file, error)) return NotFound("there is no file " + file.string());
  if (!fs::is_regular_file(file, error)) return InvalidInput(file.string() + " is no file");
  return Ok{};
}

Result<EvaluatorProcess> EvaluatorProcess::Start(const fs::path& program, FrameType request,
                                                 std::string_view payload) {
  signal(SIGPIPE, SIG_IGN);
  VENTRAL_ASSIGN_OR_RETURN(Child child, Child::Start({program.string(), {}, {}}));
  EvaluatorProcess process(std::move(child));
  if (!WriteFrame(process.child_.to_child(), request, payload).ok()) return process.Died();
  return process;
}

Error EvaluatorProcess::Died() {
  child_.CloseInput();
  const ChildOutcome outcome = child_.Wait();
  const std::string log = child_.LogTail();
  return Internal("the evaluator " + outcome.ToString() + " before it reported" +
                  (log.empty() ? "" : "; its log ends:\n" + log));
}

Result<Frame> EvaluatorProcess::Next() {
  Result<std::optional<Frame>> frame = ReadFrame(child_.from_child(), kLargestFrame);
  if (!frame.ok()) return BrokenEvaluator(frame.error().message);
  if (!frame->has_value()) return Died();
  if ((*frame)->type == FrameType::kFailure) return Failed((*frame)->payload);
  return std::move(**frame);
}

}  // namespace ventral::client
