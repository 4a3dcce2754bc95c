// ventral-extract: a checkpoint and stimuli in, Grams out. The only process with LibTorch.
// One ExtractRequest frame on stdin; kPlan, kProgress, kGram …, then kDone or kFailure on stdout.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <new>

#include "scoring/base/version.h"
#include "worker/extractor/inspect.h"
#include "worker/extractor/serve.h"

namespace {

// OpenMP reads its environment when it is loaded, and this process is started with an empty one.
// Its threads spin between operators unless told otherwise: on cores that other processes use, too,
// that makes a run take two to three times as long. So the program starts itself anew, once.
void RestartWithPatientThreads(char** argv) {
  if (std::getenv("OMP_WAIT_POLICY") != nullptr) return;
  setenv("OMP_WAIT_POLICY", "passive", 1);
  execv("/proc/self/exe", argv);  // returns only where it fails: then the threads spin
}

}  // namespace

int main(int argc, char** argv) {
  RestartWithPatientThreads(argv);
  CLI::App app{
      "Runs a network on stimuli and writes one Gram matrix a layer.\n"
      "Started by ventral-evaluate, which holds the recordings; it reads one request frame from\n"
      "stdin and writes frames to stdout. People want `ventral score` instead."};
  app.set_version_flag("--version", std::string("ventral-extract ") + ventral::kVersion);
  bool report = false;
  app.add_flag("--sandbox-report", report,
               "Seal this process and say, as JSON, what of the sandbox can be had here");
  bool inspect = false;
  app.add_flag("--inspect", inspect,
               "Answer an inspect request: what a checkpoint holds; `ventral inspect` starts it");
  app.footer(
      "Exit status: 0 all Grams were sent, 1 a failure frame was sent, 2 the pipe is unusable.");
  CLI11_PARSE(app, argc, argv);
  std::signal(SIGPIPE, SIG_IGN);
  const int out = ventral::TakeStandardOutput();
  if (out < 0) {
    std::perror("ventral-extract: cannot set its output aside");
    return 2;
  }
  using ventral::FailureCause;
  try {
    if (inspect) return ventral::ServeInspection(STDIN_FILENO, out);
    return report ? ventral::ReportSandbox(out) : ventral::ServeRequest(STDIN_FILENO, out);
  } catch (const std::bad_alloc&) {
    return ventral::SendFailure(out, FailureCause::kOutOfMemory,
                                ventral::ResourceLimit("not enough memory"));
  } catch (const std::exception& error) {
    return ventral::SendFailure(out, FailureCause::kInfrastructure,
                                ventral::Internal(std::string("unexpected: ") + error.what()));
  }
}
