// ventral-evaluate: one request on stdin, progress and one report or failure on stdout, log on
// stderr.
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <exception>
#include <new>

#include "scoring/base/version.h"
#include "worker/evaluator/rdms.h"
#include "worker/evaluator/run.h"
#include "worker/protocol/frame.h"

namespace ventral {
namespace {

constexpr char kHelp[] =
    "ventral-evaluate: scores one checkpoint, or kept Grams, on one pack, and makes RDMs of kept "
    "Grams, for\nventral-worker, 'ventral score' and 'ventral rdms'.\n"
    "It reads one request frame on standard input and answers with frames on standard output, so "
    "it is\n"
    "of no use by hand.\n\n"
    "Examples:\n"
    "  ventral score net.pt2 --pack packs/kriegeskorte2008    starts it for you\n"
    "  ventral score --grams net.grams --pack packs/kriegeskorte2008\n"
    "  ventral rdms net.grams --out rdms\n"
    "  ventral-evaluate --version\n\n"
    "Exit status: 0 when an answer was sent (a report or a failure), 1 when none could be, 2 for a "
    "wrong call.\n";

using Answer = std::variant<ScoreReport, RdmsMessage, FailureMessage>;

Answer Failed(Error error) {
  return FailureMessage{FailureCause::kInfrastructure, std::move(error)};
}

Answer Score(const std::string& payload, int out) {
  Result<EvaluateRequest> request = DecodeEvaluateRequest(payload);
  if (!request.ok()) return Failed(std::move(request).error());
  Listener listener;
  listener.progress = [out](const ProgressMessage& progress) {
    return WriteFrame(out, FrameType::kProgress, Encode(progress));
  };
  listener.estimate = [out](const EstimateMessage& estimate) {
    return WriteFrame(out, FrameType::kEstimate, Encode(estimate));
  };
  auto scored = RunEvaluation(*request, listener);
  if (auto* failure = std::get_if<FailureMessage>(&scored)) return std::move(*failure);
  return std::get<ScoreReport>(std::move(scored));
}

Answer Rdms(const std::string& payload, int out) {
  Result<RdmsRequest> request = DecodeRdmsRequest(payload);
  if (!request.ok()) return Failed(std::move(request).error());
  auto made = MakeRdms(*request, [out](const RdmMessage& rdm) {
    return WriteFrame(out, FrameType::kRdm, Encode(rdm));
  });
  if (!made.ok()) return Failed(std::move(made).error());
  return std::move(made).value();
}

Answer MakeAnswer(int out) {
  Result<std::optional<Frame>> frame = ReadFrame(STDIN_FILENO, kControlFrameCap);
  if (!frame.ok()) return Failed(std::move(frame).error());
  if (*frame && (*frame)->type == FrameType::kEvaluateRequest) {
    return Score((*frame)->payload, out);
  }
  if (*frame && (*frame)->type == FrameType::kRdmsRequest) return Rdms((*frame)->payload, out);
  return Failed(InvalidInput("no request came on standard input"));
}

// @error unavailable if nobody takes it.
Status Send(int out, const Answer& answer) {
  if (const auto* report = std::get_if<ScoreReport>(&answer)) {
    const auto encoded = EncodeWithin(*report, kControlFrameCap);
    if (const auto* failure = std::get_if<FailureMessage>(&encoded)) return Send(out, *failure);
    return WriteFrame(out, FrameType::kReport, std::get<std::string>(encoded));
  }
  if (const auto* rdms = std::get_if<RdmsMessage>(&answer)) {
    return WriteFrame(out, FrameType::kRdms, Encode(*rdms));
  }
  const auto& failure = std::get<FailureMessage>(answer);
  std::fprintf(stderr, "%s: %s\n", std::string(FailureCauseName(failure.cause)).c_str(),
               failure.error.ToString().c_str());
  return WriteFrame(out, FrameType::kFailure, Encode(failure));
}

int Run() {
  signal(SIGPIPE, SIG_IGN);
  // Frames go out where stdout was; whatever else is printed goes to the log.
  const int out = dup(STDOUT_FILENO);
  if (out < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0) return 1;
  Answer answer = FailureMessage{};
  try {
    answer = MakeAnswer(out);
  } catch (const std::bad_alloc&) {
    answer = FailureMessage{FailureCause::kOutOfMemory,
                            ResourceLimit("the evaluator ran out of memory")};
  } catch (const std::exception& error) {
    answer = Failed(Internal("the evaluator failed", error.what()));
  }
  return Send(out, answer).ok() ? 0 : 1;
}

}  // namespace
}  // namespace ventral

int main(int argc, char** argv) {
  if (argc == 1) return ventral::Run();
  if (argc == 2 && std::strcmp(argv[1], "--version") == 0) {
    std::printf("ventral-evaluate %s, scorer version %s\n", ventral::kVersion,
                ventral::kScorerVersion);
    return 0;
  }
  const bool asked = argc == 2 && std::strcmp(argv[1], "--help") == 0;
  std::fputs(ventral::kHelp, asked ? stdout : stderr);
  return asked ? 0 : 2;
}
