// A child process with a framed pipe, an empty environment, and one outcome.
#ifndef VENTRAL_WORKER_SANDBOX_CHILD_H_
#define VENTRAL_WORKER_SANDBOX_CHILD_H_

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "scoring/base/result.h"

namespace ventral {

struct ChildOptions {
  std::string program;                 // absolute path
  std::vector<std::string> arguments;  // without the program's name
  // The child's whole environment ("NAME=value"); nothing is inherited.
  std::vector<std::string> environment;
  // What it writes to stderr goes to ours too, so that a parent's log holds its children's.
  bool forward_errors = false;
  // In namespaces of its own where the kernel allows (layers.h); it goes without where not, and its
  // environment says which (kNamespacesVariable).
  bool isolate = false;
  // A descriptor that the child gets beside its pipe, as kSharedDescriptor (shared_window.h); −1:
  // none.
  int shared = -1;
};

// How a child ended. The first cause wins and is never overwritten.
struct ChildOutcome {
  enum class Kind { kExited, kSignalled };
  Kind kind = Kind::kExited;
  int status = 0;  // exit status, or the signal's number
  bool killed_by_us = false;
  std::uint64_t peak_bytes = 0;  // of resident memory, as the kernel counted it
  std::string refused_call;  // of a sealed process that SIGSYS ended: the system call, if it said
  // "exited with status 3", "killed by signal 9 (SIGKILL)", "killed by signal 31 (SIGSYS) for its
  // system call openat".
  std::string ToString() const;
};

// Owns a process group: the child, and whatever it starts, die with this object, and with the
// thread's process (PR_SET_PDEATHSIG), even when that is killed by SIGKILL. So the thread that
// calls Start must live as long as the child is wanted.
class Child {
 public:
  // @error not_found if `program` cannot be executed; unavailable if the system gives no process.
  static Result<Child> Start(const ChildOptions& options);
  Child(Child&&) noexcept;
  Child& operator=(Child&&) noexcept;
  ~Child();  // kills and reaps

  // Child's stdin and stdout: the framed pipe. Owned by this object.
  int to_child() const;
  int from_child() const;
  // Closes our end of its stdin.
  void CloseInput();
  pid_t pid() const;

  // SIGKILL to the whole group. May be called from any thread, more than once.
  void Kill();
  // Waits for the end and reaps; the same outcome when called again.
  ChildOutcome Wait();
  // The last bytes (at most 16 KiB) that it wrote to stderr: so far; after Wait, to its end.
  std::string LogTail() const;

 private:
  struct State;
  explicit Child(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace ventral

#endif  // VENTRAL_WORKER_SANDBOX_CHILD_H_
