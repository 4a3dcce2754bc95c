// ventral-evaluate: one request on stdin, progress and one report or failure on stdout, log on
// stderr.
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <exception>
#include <new>

#include "scoring/base/version.h"
#include "worker/evaluator/run.h"
#include "worker/protocol/frame.h"

namespace ventral {
namespace {

constexpr char kHelp[] =
    "ventral-evaluate: scores one checkpoint on one pack, for ventral-worker and 'ventral score'.\n"
    "It reads one request frame on standard input and answers with frames on standard output, so "
    "it is\n"
    "of no use by hand.\n\n"
    "Examples:\n"
    "  ventral score net.pt2 --pack packs/kriegeskorte2008    starts it for you\n"
    "  ventral-evaluate --version\n\n"
    "Exit status: 0 when an answer was sent (a report or a failure), 1 when none could be, 2 for a "
    "wrong call.\n";

Result<EvaluateRequest> ReadRequest() {
  VENTRAL_ASSIGN_OR_RETURN(std::optional<Frame> frame, ReadFrame(STDIN_FILENO, kControlFrameCap));
  if (!frame || frame->type != FrameType::kEvaluateRequest)
    return InvalidInput("no request came on standard input");
  return DecodeEvaluateRequest(frame->payload);
}

std::variant<ScoreReport, FailureMessage> Answer(int out) {
  Result<EvaluateRequest> request = ReadRequest();
  if (!request.ok())
    return FailureMessage{FailureCause::kInfrastructure, std::move(request).error()};
  return RunEvaluation(*request, [out](const ProgressMessage& progress) {
    return WriteFrame(out, FrameType::kProgress, Encode(progress));
  });
}

int Run() {
  signal(SIGPIPE, SIG_IGN);
  // Frames go out where stdout was; whatever else is printed goes to the log.
  const int out = dup(STDOUT_FILENO);
  if (out < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0) return 1;
  std::variant<ScoreReport, FailureMessage> answer = FailureMessage{};
  try {
    answer = Answer(out);
  } catch (const std::bad_alloc&) {
    answer = FailureMessage{FailureCause::kOutOfMemory,
                            ResourceLimit("the evaluator ran out of memory")};
  } catch (const std::exception& error) {
    answer = FailureMessage{FailureCause::kInfrastructure,
                            Internal("the evaluator failed", error.what())};
  }
  if (const auto* failure = std::get_if<FailureMessage>(&answer)) {
    std::fprintf(stderr, "%s: %s\n", std::string(FailureCauseName(failure->cause)).c_str(),
                 failure->error.ToString().c_str());
    return WriteFrame(out, FrameType::kFailure, Encode(*failure)).ok() ? 0 : 1;
  }
  return WriteFrame(out, FrameType::kReport, Encode(std::get<ScoreReport>(answer))).ok() ? 0 : 1;
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
