#include "worker/sandbox/spawn.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include "worker/sandbox/namespaces.h"
#include "worker/sandbox/shared_window.h"

namespace ventral {
namespace {

struct Pipe {
  Descriptor read, write;
};

Result<Pipe> MakePipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0)
    return Unavailable("no pipe can be made", std::strerror(errno));
  // Never one that the child would overwrite while it sets its own up.
  for (int& end : ends) {
    if (end > kSharedDescriptor) continue;
    const int moved = fcntl(end, F_DUPFD_CLOEXEC, kSharedDescriptor + 1);
    close(end);
    end = moved;
  }
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

std::vector<char*> Pointers(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// What the child needs, made before the fork: after it, only async-signal-safe calls are allowed,
// as another thread may have held the allocator's lock.
struct ChildSetup {
  const char* program;
  char* const* arguments;
  char* const* environment;
  pid_t parent;
  const UserMap* isolated;  // null: in our own namespaces
  int in, out, err, report;
  int shared;  // −1: none
};

[[noreturn]] void RunChild(const ChildSetup& setup) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // It ended before the line above. (A parent outside its PID namespace a child cannot see: there,
  // the pipes' end tells.)
  if (setup.isolated == nullptr && getppid() != setup.parent) _exit(127);
  if (setup.isolated != nullptr) BecomeOwnRoot(*setup.isolated);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  // An ignored signal, such as our SIGPIPE, would stay ignored over the exec.
  for (int number = 1; number < NSIG; ++number) signal(number, SIG_DFL);
  dup2(setup.in, STDIN_FILENO);
  dup2(setup.out, STDOUT_FILENO);
  dup2(setup.err, STDERR_FILENO);
  // Where it is there already, dup2 would leave it to be closed.
  if (setup.shared == kSharedDescriptor) fcntl(kSharedDescriptor, F_SETFD, 0);
  if (setup.shared >= 0) dup2(setup.shared, kSharedDescriptor);
  // Marks, rather than closes: `report` must still tell of a failing exec.
  const auto kept = static_cast<unsigned>(setup.shared >= 0 ? kSharedDescriptor : STDERR_FILENO);
  syscall(SYS_close_range, kept + 1, ~0U, 1U << 2 /* CLOSE_RANGE_CLOEXEC */);
  execve(setup.program, setup.arguments, setup.environment);
  const int error = errno;
  [[maybe_unused]] const ssize_t told = write(setup.report, &error, sizeof error);
  _exit(127);
}

}  // namespace

Result<Spawned> Spawn(const ChildOptions& options) {
  VENTRAL_ASSIGN_OR_RETURN(Pipe in, MakePipe());
  VENTRAL_ASSIGN_OR_RETURN(Pipe out, MakePipe());
  VENTRAL_ASSIGN_OR_RETURN(Pipe err, MakePipe());
  VENTRAL_ASSIGN_OR_RETURN(Pipe report, MakePipe());
  std::vector<std::string> words = {options.program};
  words.insert(words.end(), options.arguments.begin(), options.arguments.end());
  const std::vector<char*> arguments = Pointers(words);
  const std::string variable = std::string(kNamespacesVariable) + "=";
  std::vector<std::string> variables = options.environment;
  if (options.isolate) variables.push_back(variable + "own");
  std::vector<char*> environment = Pointers(variables);
  const UserMap map = MakeUserMap();
  ChildSetup setup{options.program.c_str(),
                   arguments.data(),
                   environment.data(),
                   getpid(),
                   options.isolate ? &map : nullptr,
                   in.read.get(),
                   out.write.get(),
                   err.write.get(),
                   report.write.get(),
                   options.shared};
  pid_t pid = options.isolate ? ForkIntoNamespaces() : fork();
  if (pid == 0) RunChild(setup);
  if (pid < 0 && options.isolate) {
    variables.back() = variable + std::strerror(errno);
    environment = Pointers(variables);
    setup.environment = environment.data();
    setup.isolated = nullptr;
    pid = fork();
    if (pid == 0) RunChild(setup);
  }
  if (pid < 0) return Unavailable("no process can be made", std::strerror(errno));
  setpgid(pid, pid);  // here too: whoever of the two is first
  report.write.Close();
  int error = 0;
  ssize_t got = 0;
  while ((got = read(report.read.get(), &error, sizeof error)) < 0 && errno == EINTR) {
  }
  if (got == static_cast<ssize_t>(sizeof error)) {
    waitpid(pid, nullptr, 0);
    return NotFound("cannot start " + options.program + ": " + std::strerror(error));
  }
  return Spawned{pid, std::move(in.write), std::move(out.read), std::move(err.read)};
}

}  // namespace ventral
