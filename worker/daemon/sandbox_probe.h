// What of the sandbox can be had on this machine, asked before the first job.
#ifndef VENTRAL_WORKER_DAEMON_SANDBOX_PROBE_H_
#define VENTRAL_WORKER_DAEMON_SANDBOX_PROBE_H_

#include <chrono>
#include <filesystem>
#include <string_view>

#include "scoring/base/result.h"
#include "worker/sandbox/layers.h"

namespace ventral {

// Runs `extractor --sandbox-report` isolated as for a job: it seals itself and says how. The
// calling thread must live as long (Child::Start).
// @error internal: it cannot be sealed (with the end of its log), says what is no report, or says
//   nothing within `patience`; as Child::Start.
Result<SandboxReport> ProbeSandbox(const std::filesystem::path& extractor,
                                   std::chrono::milliseconds patience);

// {"active": ["privileges", …], "missing": {"landlock": "not in this kernel"}}.
// @error corrupt_data: is no such object; names too many layers, or one that is no name; a layer
//   that must be there is not active; a layer is both active and missing.
Result<SandboxReport> ParseSandboxReport(std::string_view json);

}  // namespace ventral

#endif  // VENTRAL_WORKER_DAEMON_SANDBOX_PROBE_H_
