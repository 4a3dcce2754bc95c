#include "client/lib/local_score.h"

#include <google/protobuf/util/json_util.h>

#include "client/lib/evaluator_process.h"
#include "worker/protocol/estimate_message.h"

namespace ventral::client {
namespace {

namespace fs = std::filesystem;

// @error not_found or invalid_input names what is not there.
Status CheckGiven(const LocalRun& run) {
  VENTRAL_RETURN_IF_ERROR(CheckFile(run.grams.empty() ? run.checkpoint : run.grams));
  std::error_code error;
  if (!fs::exists(run.pack, error)) return NotFound("there is no folder " + run.pack.string());
  if (!fs::is_directory(run.pack, error)) {
    return InvalidInput(run.pack.string() +
                        " is no folder; --pack wants the folder with pack.json");
  }
  return Ok{};
}

// Empty stays empty.
Result<std::string> Absolute(const fs::path& path) {
  if (path.empty()) return std::string();
  std::error_code error;
  std::string absolute = fs::absolute(path, error).string();
  if (error) return Unavailable("there is no working folder: " + error.message());
  return absolute;
}

Result<EvaluateRequest> RequestOf(const LocalRun& run, const LocalPrograms& programs) {
  EvaluateRequest request;
  VENTRAL_ASSIGN_OR_RETURN(request.checkpoint, Absolute(run.checkpoint));
  VENTRAL_ASSIGN_OR_RETURN(request.pack_directory, Absolute(run.pack));
  VENTRAL_ASSIGN_OR_RETURN(request.grams, Absolute(run.grams));
  VENTRAL_ASSIGN_OR_RETURN(request.keep_grams, Absolute(run.keep_grams));
  request.extractor = programs.extractor.string();
  request.limits = run.limits;
  return request;
}

Result<v1::ScoreReport> ReadReport(const std::string& payload) {
  v1::ScoreReport report;
  const auto status = google::protobuf::util::JsonStringToMessage(payload, &report);
  if (!status.ok()) return BrokenEvaluator("its report is no ScoreReport: " + status.ToString());
  return report;
}

Result<v1::RunEstimate> ReadEstimate(const std::string& payload) {
  const Result<EstimateMessage> read = DecodeEstimate(payload);
  if (!read.ok()) return BrokenEvaluator(read.error().message);
  v1::RunEstimate estimate;  // no number of the message passes 2^63 − 1
  estimate.set_activation_bytes(static_cast<std::int64_t>(read->activation_bytes));
  estimate.set_gram_bytes(static_cast<std::int64_t>(read->gram_bytes));
  estimate.set_memory_bytes(static_cast<std::int64_t>(read->memory_bytes));
  estimate.set_passes(static_cast<std::int32_t>(read->passes));
  estimate.set_seconds(read->seconds);
  return estimate;
}

Result<LocalScores> ReadAnswer(EvaluatorProcess& evaluator, const LocalListener& listener) {
  LocalScores scores;
  while (true) {
    VENTRAL_ASSIGN_OR_RETURN(const Frame frame, evaluator.Next());
    if (frame.type == FrameType::kReport) {
      VENTRAL_ASSIGN_OR_RETURN(scores.report, ReadReport(frame.payload));
      return scores;
    }
    if (frame.type == FrameType::kEstimate) {
      VENTRAL_ASSIGN_OR_RETURN(const v1::RunEstimate estimate, ReadEstimate(frame.payload));
      listener.estimate(estimate);
      continue;
    }
    if (frame.type != FrameType::kProgress)
      return BrokenEvaluator("a frame that is not its to send");
    const Result<ProgressMessage> progress = DecodeProgress(frame.payload);
    if (!progress.ok()) return BrokenEvaluator(progress.error().message);
    if (progress->phase == kKeepPhase) {
      scores.not_kept = progress->message;
    } else {
      listener.progress(*progress);
    }
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

Result<LocalScores> ScoreLocally(const LocalRun& run, const LocalPrograms& programs,
                                 const LocalListener& listener) {
  VENTRAL_RETURN_IF_ERROR(CheckGiven(run));
  VENTRAL_ASSIGN_OR_RETURN(const EvaluateRequest request, RequestOf(run, programs));
  VENTRAL_ASSIGN_OR_RETURN(
      EvaluatorProcess evaluator,
      EvaluatorProcess::Start(programs.evaluator, FrameType::kEvaluateRequest, Encode(request)));
  return ReadAnswer(evaluator, listener);
}

}  // namespace ventral::client
