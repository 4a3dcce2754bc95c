// Stands where ventral-evaluate does, and behaves as the text of the "checkpoint" says.
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "scoring/base/digest.h"
#include "worker/protocol/estimate_message.h"
#include "worker/protocol/frame.h"
#include "worker/protocol/messages.h"
#include "worker/protocol/requests.h"

namespace ventral {
namespace {

void Send(FrameType type, const std::string& payload) {
  if (!WriteFrame(STDOUT_FILENO, type, payload).ok()) std::exit(9);
}

ScoreReport ReportOf(const std::string& checkpoint_sha256, const std::string& pack_directory) {
  ScoreReport report;
  report.provenance.checkpoint_sha256 = checkpoint_sha256;
  report.provenance.pack_digest = pack_directory.substr(pack_directory.rfind('/') + 1);
  report.scores.resize(1);
  report.scores[0].benchmark = "fake.benchmark";
  report.scores[0].raw = 0.1 + 0.2;
  return report;
}

[[noreturn]] void Hang() {
  while (true) pause();
}

int Behave(const std::string& what, const EvaluateRequest& request) {
  const std::string digest = DigestOf(what).hex();
  std::fprintf(stderr, "log of %s\n", what.c_str());
  if (what == "exit 3") return 3;
  if (what == "silence") return 0;
  if (what == "segfault") {
    signal(SIGSEGV, SIG_DFL);  // a sanitizer would catch it
    raise(SIGSEGV);
  }
  if (what == "garbage") std::printf("this is no frame at all\n");
  if (what == "garbage") std::fflush(stdout);
  if (what == "hang" || what == "garbage") Hang();
  if (what == "wrong frame") Send(FrameType::kGram, "x");
  if (what == "wrong report") Send(FrameType::kReport, R"({"no_such_field": 1})");
  if (what == "other report")
    Send(FrameType::kReport, Encode(ReportOf(DigestOf("other").hex(), request.pack_directory)));
  if (what == "cut") std::printf("VNTR");
  if (what == "failure") {
    Send(FrameType::kFailure,
         Encode(FailureMessage{FailureCause::kOutOfMemory, ResourceLimit("needs 7 GiB")}));
  }
  if (what.starts_with("estimate")) {
    Send(FrameType::kEstimate, what == "estimate of nothing"
                                   ? std::string("{}")
                                   : Encode(EstimateMessage{1000, 200, 1300, 3, 40.5}));
  }
  if (what.ends_with("misfit")) {
    Send(FrameType::kFailure, Encode(FailureMessage{FailureCause::kOutOfMemory,
                                                    ResourceLimit("needs 7 GiB"), 7ull << 30}));
  }
  if (what == "needless") {
    Send(FrameType::kFailure,
         Encode(FailureMessage{FailureCause::kTimeout, ResourceLimit("late"), 7ull << 30}));
  }
  if (what == "limits") {
    std::string layers;
    for (const auto& layer : request.limits.required_sandbox) layers += " " + layer;
    std::fprintf(stderr, "sandbox%s\nprocessor %g s\nmemory %llu\n", layers.c_str(),
                 request.limits.processor_seconds,
                 static_cast<unsigned long long>(request.limits.memory_budget_bytes));
  }
  if (what == "violation") {
    Send(FrameType::kFailure,
         Encode(FailureMessage{FailureCause::kViolation, InvalidInput("the system call openat")}));
  }
  if (what == "binary log") std::fprintf(stderr, "\xff\xfe\x01 end");
  if (what.starts_with("progress")) {
    Send(FrameType::kProgress, Encode(ProgressMessage{"extract", 3, 7, "pass 1 of 2"}));
  }
  if (what == "report and grams" && !request.keep_grams.empty()) {
    std::ofstream(request.keep_grams) << "Grams of " << what;
    Send(FrameType::kProgress, Encode(ProgressMessage{kKeepPhase, 1, 1, ""}));
  }
  if (what == "report and no grams" && !request.keep_grams.empty()) {
    Send(FrameType::kProgress, Encode(ProgressMessage{kKeepPhase, 0, 1, "the disk is full"}));
  }
  if (!request.grams.empty()) std::fprintf(stderr, "from kept Grams\n");
  if (what == "progress and hang" || what == "estimate and hang") Hang();
  if (what.starts_with("report") || what == "estimate and report" || what == "binary log" ||
      what == "progress") {
    Send(FrameType::kReport, Encode(ReportOf(digest, request.pack_directory)));
  }
  if (what == "report and hang") Hang();
  return 0;
}

}  // namespace
}  // namespace ventral

int main() {
  const auto frame = ventral::ReadFrame(STDIN_FILENO, ventral::kControlFrameCap);
  if (!frame.ok() || !frame->has_value()) return 7;
  const auto request = ventral::DecodeEvaluateRequest((*frame)->payload);
  if (!request.ok()) return 8;
  std::ifstream file(request->grams.empty() ? request->checkpoint : request->grams);
  return ventral::Behave({std::istreambuf_iterator<char>(file), {}}, *request);
}
