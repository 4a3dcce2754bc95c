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

Error Broken(const std::string& why) {
  return Internal("the evaluator sent what cannot be read: " + why);
}

Result<v1::ScoreReport> ReadReport(const std::string& payload) {
  v1::ScoreReport report;
  const auto status = google::protobuf::util::JsonStringToMessage(payload, &report);
  if (!status.ok()) return Broken("its report is no ScoreReport: " + status.ToString());
  return report;
}

Error Failed(const std::string& payload) {
  Result<FailureMessage> failure = DecodeFailure(payload);
  if (!failure.ok()) return Broken(failure.error().message);
  // Of the log on the person's own machine nothing need be kept back.
  if (!failure->error.context.empty()) failure->error.message += "\n" + failure->error.context;
  // On one's own machine "infrastructure" would say nothing.
  if (failure->cause == FailureCause::kInfrastructure) return std::move(failure->error);
  return std::move(failure->error).Within(FailureCauseName(failure->cause));
}

Result<v1::ScoreReport> ReadAnswer(Child& child,
                                   const std::function<void(const ProgressMessage&)>& on_progress) {
  while (true) {
    const Result<std::optional<Frame>> frame = ReadFrame(child.from_child(), kControlFrameCap);
    if (!frame.ok()) return Broken(frame.error().message);
    if (!frame->has_value()) return Died(child);
    const auto& [type, payload] = **frame;
    if (type == FrameType::kReport) return ReadReport(payload);
    if (type == FrameType::kFailure) return Failed(payload);
    if (type != FrameType::kProgress) return Broken("a frame that is not its to send");
    const Result<ProgressMessage> progress = DecodeProgress(payload);
    if (!progress.ok()) return Broken(progress.error().message);
    on_progress(*progress);
  }
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
  return ReadAnswer(child, on_progress);
}

}  // namespace ventral::client
