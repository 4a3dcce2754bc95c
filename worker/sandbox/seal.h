// Second half of the seal, once the thread pools are warm: no system call but those that computing
// needs. Source of the list: seven networks run under strace, each call then tried without.
#ifndef VENTRAL_WORKER_SANDBOX_SEAL_H_
#define VENTRAL_WORKER_SANDBOX_SEAL_H_

#include <optional>
#include <string>
#include <string_view>

#include "scoring/base/result.h"

namespace ventral {

inline constexpr int kProcessorTimeStatus = 124;

struct SealOptions {
  int out = -1;       // the one descriptor that may be written, beside standard output and error
  bool cuda = false;  // what the driver needs after its initialisation, too
};

// Binds all threads of the process, for ever. A call that is not on the list ends the process with
// SIGSYS, after a line on standard error that says which (RefusedCall reads it). Passing the
// processor-time limit of Confine ends it with kProcessorTimeStatus. Call after Confine.
// @error internal: the kernel refuses the filter.
Status Seal(const SealOptions& options);

// From the log of a process that SIGSYS ended: the system call's name ("openat", "call 435" where
// libseccomp does not know it), or nullopt if it did not say.
std::optional<std::string> RefusedCall(std::string_view log);

}  // namespace ventral

#endif  // VENTRAL_WORKER_SANDBOX_SEAL_H_
