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
  return Internal("the evaluator died: " + outcome.ToString() + "; its log ends:\n" + child.LogTail());
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
  return fs::exists("/dev/nvidia0") ? "cuda:0" : "cpu";
}

Result<v1::ScoreReport> ScoreLocally(const fs::path& checkpoint, const fs::path& pack, const RunLimits& limits,
                                     const LocalPrograms& programs,
                                     const std::function<void(const ProgressMessage&)>& on_progress) {
  signal(SIGPIPE, SIG_IGN);
  VENTRAL_ASSIGN_OR_RETURN(Child child, Child::Start({programs.evaluator.string(), {}, {}}));
  const EvaluateRequest request{fs::absolute(checkpoint).string(), fs::absolute(pack).string(),
                                programs.extractor.string(), limits};
  if (!WriteFrame(child.to_child(), FrameType::kEvaluateRequest, Encode(request)).ok()) return Died(child);
  while (true) {
    Result<std::optional<Frame>> frame = ReadFrame(child.from_child(), kControlFrameCap);
    if (!frame.ok() && frame.error().code != ErrorCode::kUnavailable) return std::move(frame).error();
    if (!frame.ok() || !frame->has_value()) return Died(child);
    if ((*frame)->type == FrameType::kReport) return ReadReport((*frame)->payload);
    if ((*frame)->type == FrameType::kFailure) return Failed((*frame)->payload);
    if ((*frame)->type != FrameType::kProgress) return Internal("the evaluator sent a frame that it should not send");
    VENTRAL_ASSIGN_OR_RETURN(const ProgressMessage progress, DecodeProgress((*frame)->payload));
    on_progress(progress);
  }
}

}  // namespace ventral::client
