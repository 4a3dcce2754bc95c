// The command line of ventral-worker.
#ifndef VENTRAL_WORKER_DAEMON_WORKER_OPTIONS_H_
#define VENTRAL_WORKER_DAEMON_WORKER_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/channel/access.h"
#include "scoring/base/result.h"

namespace ventral {

struct WorkerOptions {
  std::string server = "127.0.0.1:7411";
  std::string token_file;
  Access access;  // its token comes from ReadAccess
  std::string cache;
  std::string name;                  // host name where none is given
  std::vector<std::string> devices;  // "cpu", "cuda:0"; "auto" is resolved
  std::uint64_t memory_budget_bytes = 4ull << 30;
  std::uint64_t max_memory_bytes = 0;  // what a job may raise that to; 0: all that there is
  std::int64_t batch_size = 16;
  int threads = 0;  // 0: all
  double poll_seconds = 2;
  std::uint64_t max_cache_bytes = 20ull << 30;
  int drain_seconds = 0;
  bool once = false;
  bool torchscript = false;
  bool rescore_only = false;         // scores kept Grams again; needs no ventral-extract
  std::string sandbox = "standard";  // as ParseRequiredLayers (worker/sandbox/layers.h) reads it
  std::string log_level = "info";
};

enum class WorkerExit {
  kDone = 0,
  kInternal = 1,
  kUsage = 2,
  kSetup = 3,        // cache folder, programs, token or certificates cannot be used
  kUnavailable = 4,  // with --once: the server did not answer
  kSandbox = 5,      // a checkpoint cannot be sealed here, or not as --sandbox demands
};

// The options, or nothing after help, version or an error was printed; `exit_code` says which.
std::optional<WorkerOptions> ParseWorkerOptions(int argc, const char* const* argv, int& exit_code);

// What to show the server: the token of --token-file, else of VENTRAL_TOKEN, and the certificates.
// @error as ReadTokenFile, CheckToken and CheckAccess have it.
Result<Access> ReadAccess(const WorkerOptions& options);

// "cuda:0" where the driver shows an NVIDIA device, else "cpu".
std::string AutoDevice();

}  // namespace ventral

#endif  // VENTRAL_WORKER_DAEMON_WORKER_OPTIONS_H_
