// What stands between a stranger's program and the machine, by name.
#ifndef VENTRAL_WORKER_SANDBOX_LAYERS_H_
#define VENTRAL_WORKER_SANDBOX_LAYERS_H_

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "scoring/base/result.h"

namespace ventral {

// Always there: a process that cannot have these does not run a checkpoint.
//   privileges    no_new_privs, no capabilities, not dumpable
//   limits        address space, processor time, no new process or thread, no file, no core dump
//   system_calls  seccomp: an allow-list without open, socket, exec, clone
// Where the kernel allows:
//   namespaces    user, mount, PID, network, IPC and UTS of its own
//   empty_root    its root folder is an empty, read-only file system
//   landlock      no file may be opened
inline constexpr std::array<std::string_view, 3> kOptionalLayers = {"namespaces", "empty_root",
                                                                    "landlock"};

struct SandboxReport {
  std::vector<std::string> active;             // in the order above
  std::map<std::string, std::string> missing;  // name → why
  // "privileges, limits, …; without landlock (…)".
  std::string ToString() const;
};

// "standard": what the kernel allows; "strict": all; else a comma-separated choice of
// kOptionalLayers. → the layers without which nothing runs.
// @error invalid_input names a word that is none of these.
Result<std::vector<std::string>> ParseRequiredLayers(std::string_view text);

// @error internal names the required layers that are missing, and why.
Status CheckRequired(const SandboxReport& report, const std::vector<std::string>& required);

}  // namespace ventral

#endif  // VENTRAL_WORKER_SANDBOX_LAYERS_H_
