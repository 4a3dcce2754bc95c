#include "client/lib/local_score.h"

#include <google/protobuf/util/json_util.h>
#include <signal.h>

#include "worker/protocol/frame.h"
#include "worker/sandbox/child.h"

namespace ventral::client {
namespace {

namespace fs = std::filesystem;

Error Died(Child& child) {
  child.CloseInput();
  const ChildOutcome outcome = child.Wait();
  const std::string log = child.LogTail();
  return Internal("the evaluator " + outcome.ToString() + " before it reported" +
                  (log.empty() ? "" : "; its log ends:\n" + log));
}

// @error not_found or invalid_input names what is not there.
Status CheckGiven(const fs::path& checkpoint, const fs::path& pack) {
  std::error_code error;
  if (!fs::exists(checkpoint, error)) return NotFound("there is no file " + checkpoint.string());
  if (!fs::is_regular_file(checkpoint, error)) {
    return InvalidInput(checkpoint.string() + " is no file");
  }
  if (!fs::exists(pack, error)) return NotFound("there is no folder " + pack.string());
  if (!fs::is_directory(pack, error)) {
    return InvalidInput(pack.string() + " is no folder; --pack wants the folder with pack.json");
  }
  return Ok{};
}

Result<v1::ScoreReport> ReadReport(const std::string& payload) {
  v1::ScoreReport report;
  const auto status = google::protobuf::util::JsonStringToMessage(payload, &report);
  if (!status.ok()) return Internal("the evaluator's report cannot be read: " + status.ToString());
  return report;
}

Error Failed(const std::string& payload) {
  Result<FailureMessage> failure = DecodeFailure(payload);
  if (!failure.ok()) return std::move(failure).error();
  // Of the log on the person's own machine nothing need be kept back.
  if (!failure->error.context.empty()) failure->error.message += "\n" + failure->error.context;
  // On one's own machine "infrastructure" would say nothing.
  if (failure->cause == FailureCause::kInfrastructure) return std::move(failure->error);
  return std::move(failure->error).Within(FailureCauseName(failure->cause));
}

}  // namespace

LocalPrograms ProgramsBesideThis() {
  std::error_code error;
  const fs::path folder = fs::read_symlink("/proc/self/exe", error).parent_path();
  return {folder / "ventral-evaluate", folder / "ventral-extract"};
}

std::string ResolveDevice(const std::string& device) {
  if (device != "auto") return device;
  std::error_code error;
  return fs::exists("/dev/nvidia0", error) ? "cuda:0" : "cpu";
}

Result<v1::ScoreReport> ScoreLocally(
    const fs::path& checkpoint, const fs::path& pack, const RunLimits& limits,
    const LocalPrograms& programs, const std::function<void(const ProgressMessage&)>& on_progress) {
  VENTRAL_RETURN_IF_ERROR(CheckGiven(checkpoint, pack));
  std::error_code error;
  const EvaluateRequest request{fs::absolute(checkpoint, error).string(),
                                fs::absolute(pack, error).string(), programs.extractor.string(),
                                limits};
  if (error) return Unavailable("there is no working folder: " + error.message());
  signal(SIGPIPE, SIG_IGN);
  VENTRAL_ASSIGN_OR_RETURN(Child child, Child::Start({programs.evaluator.string(), {}, {}}));
  if (!WriteFrame(child.to_child(), FrameType::kEvaluateRequest, Encode(request)).ok())
    return Died(child);
  while (true) {
    Result<std::optional<Frame>> frame = ReadFrame(child.from_child(), kControlFrameCap);
    if (!frame.ok() && frame.error().code != ErrorCode::kUnavailable)
      return std::move(frame).error();
    if (!frame.ok() || !frame->has_value()) return Died(child);
    if ((*frame)->type == FrameType::kReport) return ReadReport((*frame)->payload);
    if ((*frame)->type == FrameType::kFailure) return Failed((*frame)->payload);
    if ((*frame)->type != FrameType::kProgress)
      return Internal("the evaluator sent a frame that it should not send");
    VENTRAL_ASSIGN_OR_RETURN(const ProgressMessage progress, DecodeProgress((*frame)->payload));
    on_progress(progress);
  }
}

}  // namespace ventral::client
