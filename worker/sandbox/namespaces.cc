#include "worker/sandbox/namespaces.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace ventral {
namespace {

void WriteTo(const char* file, const char* text, std::size_t bytes) {
  const int descriptor = open(file, O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) return;
  [[maybe_unused]] const ssize_t written = write(descriptor, text, bytes);
  close(descriptor);
}

}  // namespace

pid_t ForkIntoNamespaces() {
  constexpr unsigned long kFlags =
      CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;
  // The order of the arguments differs between architectures; these are all null.
  return static_cast<pid_t>(syscall(SYS_clone, kFlags | SIGCHLD, nullptr, nullptr, nullptr, 0));
}

UserMap MakeUserMap() {
  return {"0 " + std::to_string(geteuid()) + " 1", "0 " + std::to_string(getegid()) + " 1"};
}

void BecomeOwnRoot(const UserMap& map) {
  WriteTo("/proc/self/setgroups", "deny", 4);
  WriteTo("/proc/self/uid_map", map.users.data(), map.users.size());
  WriteTo("/proc/self/gid_map", map.groups.data(), map.groups.size());
}

}  // namespace ventral
