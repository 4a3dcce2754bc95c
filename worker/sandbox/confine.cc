#include "worker/sandbox/confine.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>

#include "worker/sandbox/descriptor.h"
#include "worker/sandbox/namespaces.h"

namespace ventral {
namespace {

// nullopt: active. Else why not.
using Refused = std::optional<std::string>;

Refused Why(const std::string& what) { return what + ": " + std::strerror(errno); }

std::uint64_t AddressSpace() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t pages = 0;
  file >> pages;
  return pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

bool Limit(int resource, std::uint64_t soft, std::uint64_t hard) {
  rlimit now{};
  if (getrlimit(static_cast<__rlimit_resource>(resource), &now) != 0) return false;
  const rlimit limit{std::min<rlim_t>(soft, now.rlim_max), std::min<rlim_t>(hard, now.rlim_max)};
  return setrlimit(static_cast<__rlimit_resource>(resource), &limit) == 0;
}

Refused SetLimits(const ConfineOptions& options) {
  std::ofstream("/proc/self/oom_score_adj") << 1000;  // where memory runs out, this one ends first
  bool done = Limit(RLIMIT_CORE, 0, 0) && Limit(RLIMIT_FSIZE, 0, 0);
  if (options.more_memory.value > 0) {
    const std::uint64_t most = AddressSpace() + options.more_memory.value;
    done = done && Limit(RLIMIT_AS, most, most);
  }
  if (options.processor_time.value > 0) {
    // SIGXCPU at the first, SIGKILL at the second.
    const auto seconds = static_cast<std::uint64_t>(std::ceil(options.processor_time.value));
    done = done && Limit(RLIMIT_CPU, seconds, seconds + 5);
  }
  return done ? Refused() : Why("setrlimit");
}

// An empty, read-only file system over /proc, which nothing needs any more, becomes the root.
Refused EmptyRoot() {
  if (mount("none", "/proc", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=4k,mode=0555") != 0)
    return Why("mount");
  mount(nullptr, "/proc", nullptr, MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
        nullptr);
  if (chroot("/proc") != 0) return Why("chroot");
  if (chdir("/") != 0) return Why("chdir");
  return {};
}

Refused ForbidFiles() {
  const long version =
      syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (version < 1) return std::string("not in this kernel");
  // All rights of the first version; a later kernel handles them all the same.
  struct {
    std::uint64_t handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;
  } rules;
  const Descriptor ruleset(
      static_cast<int>(syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0)));
  if (ruleset.get() < 0) return Why("landlock_create_ruleset");
  if (syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0)
    return Why("landlock_restrict_self");
  return {};
}

Refused DropCapabilities() {
  for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability)
    prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);  // refused to one who has none: then none is left
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct none[2] = {};
  if (syscall(SYS_capset, &header, none) != 0) return Why("capset");
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return Why("PR_SET_DUMPABLE");
  return {};
}

std::ptrdiff_t Threads() {
  std::error_code error;
  const std::filesystem::directory_iterator tasks("/proc/self/task", error);
  return error ? 0 : std::distance(begin(tasks), end(tasks));
}

void Note(SandboxReport& report, const std::string& layer, const Refused& refused) {
  if (refused) {
    report.missing[layer] = *refused;
  } else {
    report.active.push_back(layer);
  }
}

}  // namespace

Result<SandboxReport> Confine(const ConfineOptions& options) {
  const std::ptrdiff_t threads = Threads();
  if (threads != 1 && !options.threads_are_ours) {
    return Internal("the extractor cannot be sealed: it has " + std::to_string(threads) +
                    " threads already");
  }
  const Refused limits = SetLimits(options);
  if (limits) return Internal("the extractor cannot be sealed: " + *limits);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    return Internal("the extractor cannot be sealed: no_new_privs is refused");
  SandboxReport report;
  const char* namespaces = std::getenv(kNamespacesVariable);
  const bool isolated = namespaces != nullptr && std::strcmp(namespaces, "own") == 0;
  Note(report, "namespaces",
       isolated ? Refused() : Refused(namespaces == nullptr ? "not asked for" : namespaces));
  Note(report, "empty_root", isolated ? EmptyRoot() : Refused("it needs namespaces"));
  Note(report, "landlock", ForbidFiles());
  const Refused capabilities = DropCapabilities();
  if (capabilities) return Internal("the extractor cannot be sealed: " + *capabilities);
  report.active.insert(report.active.begin(), {"privileges", "limits"});
  close(STDIN_FILENO);
  return report;
}

}  // namespace ventral
