#include "worker/daemon/evaluator_run.h"

#include <google/protobuf/util/json_util.h>
#include <poll.h>

#include "worker/daemon/clean_text.h"
#include "worker/protocol/frame.h"
#include "worker/sandbox/child.h"

namespace ventral {
namespace {

constexpr std::size_t kLongestMessage = 2000;
constexpr std::size_t kLongestLog = 16 << 10;
constexpr int kEndPatienceMilliseconds = 2000;

struct LastWord {
  std::optional<v1::ScoreReport> report;
  std::optional<v1::Failure> failure;
  std::string broken_by;  // why what it sent was no frame, or none that is its to send
};

LastWord Broken(const Error& error) { return {{}, {}, error.message}; }

LastWord ReadReport(const std::string& payload) {
  v1::ScoreReport report;
  const auto parsed = google::protobuf::util::JsonStringToMessage(payload, &report);
  if (!parsed.ok())
    return Broken(CorruptData("its report is no ScoreReport: " + parsed.ToString()));
  return {std::move(report), {}, {}};
}

LastWord ReadFailure(const std::string& payload) {
  const auto failure = DecodeFailure(payload);
  if (!failure.ok()) return Broken(failure.error());
  v1::Failure told = MakeFailure(failure->cause, failure->error.message);
  if (failure->cause == FailureCause::kOutOfMemory)
    told.set_needed_memory_bytes(static_cast<std::int64_t>(failure->needed_memory_bytes));
  return {{}, std::move(told), {}};
}

// Reads until the frame that is the last, or until there can be none.
LastWord ReadToLastWord(int fd, const EvaluatorListener& listener) {
  while (true) {
    const auto frame = ReadFrame(fd, kControlFrameCap);
    if (!frame.ok()) return Broken(frame.error());
    if (!frame->has_value()) return {};
    const Frame& got = **frame;
    if (got.type == FrameType::kReport) return ReadReport(got.payload);
    if (got.type == FrameType::kFailure) return ReadFailure(got.payload);
    if (got.type == FrameType::kEstimate) {
      const auto estimate = DecodeEstimate(got.payload);
      if (!estimate.ok()) return Broken(estimate.error());
      listener.estimate(*estimate);
      continue;
    }
    if (got.type != FrameType::kProgress) {
      return Broken(CorruptData("a frame of type " + std::to_string(static_cast<int>(got.type)) +
                                " is not the evaluator's to send"));
    }
    auto progress = DecodeProgress(got.payload);
    if (!progress.ok()) return Broken(progress.error());
    progress->phase = CleanTail(progress->phase, 100);
    progress->message = CleanTail(progress->message, kLongestMessage);
    listener.progress(*progress);
  }
}

v1::Failure Died(const LastWord& word, const ChildOutcome& outcome) {
  const bool exited = outcome.kind == ChildOutcome::Kind::kExited;
  const std::string ended = (exited ? "" : "was ") + outcome.ToString();
  std::string message = "the evaluator " + ended + " before it reported";
  if (!word.broken_by.empty()) {
    message = "the evaluator sent what cannot be read (" + word.broken_by + ")";
    if (!outcome.killed_by_us) message += " and " + ended;
  }
  return MakeFailure(FailureCause::kCrash, message);
}

// Waits until it has closed its end of the pipe, by ending at the latest. One that takes longer is
// killed.
void AwaitEnd(Child& child, int patience_milliseconds) {
  pollfd waiting{child.from_child(), 0, 0};
  if (poll(&waiting, 1, patience_milliseconds) <= 0) child.Kill();
}

}  // namespace

v1::FailureCause ToProto(FailureCause cause) {
  switch (cause) {
    case FailureCause::kInvalidCheckpoint:
      return v1::FAILURE_CAUSE_INVALID_CHECKPOINT;
    case FailureCause::kViolation:
      return v1::FAILURE_CAUSE_VIOLATION;
    case FailureCause::kOutOfMemory:
      return v1::FAILURE_CAUSE_OUT_OF_MEMORY;
    case FailureCause::kTimeout:
      return v1::FAILURE_CAUSE_TIMEOUT;
    case FailureCause::kCrash:
      return v1::FAILURE_CAUSE_CRASH;
    case FailureCause::kInfrastructure:
      return v1::FAILURE_CAUSE_INFRASTRUCTURE;
  }
  return v1::FAILURE_CAUSE_INFRASTRUCTURE;
}

v1::Failure MakeFailure(FailureCause cause, std::string_view message) {
  v1::Failure failure;
  failure.set_cause(ToProto(cause));
  // The beginning says what happened.
  failure.set_message(CleanTail(message.substr(0, kLongestMessage), kLongestMessage));
  return failure;
}

EvaluatorEnd RunEvaluator(const std::filesystem::path& program, const EvaluateRequest& request,
                          const std::stop_token& stop, const EvaluatorListener& listener) {
  EvaluatorEnd end;
  auto started = Child::Start({program.string(), {}, {}, /*forward_errors=*/false});
  if (!started.ok()) {
    end.failure = MakeFailure(FailureCause::kInfrastructure, started.error().message);
    return end;
  }
  Child child = std::move(started).value();
  const std::stop_callback kill(stop, [&child] { child.Kill(); });
  // One that does not read its request says why by how it ends.
  [[maybe_unused]] const Status sent =
      WriteFrame(child.to_child(), FrameType::kEvaluateRequest, Encode(request));
  child.CloseInput();
  LastWord word = ReadToLastWord(child.from_child(), listener);
  const bool is_last = word.report || word.failure;
  if (is_last || !word.broken_by.empty()) AwaitEnd(child, is_last ? kEndPatienceMilliseconds : 0);
  const ChildOutcome outcome = child.Wait();
  end.log_tail = CleanTail(child.LogTail(), kLongestLog);
  end.report = std::move(word.report);
  if (!end.report) end.failure = word.failure ? *word.failure : Died(word, outcome);
  return end;
}

}  // namespace ventral
