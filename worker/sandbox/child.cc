#include "worker/sandbox/child.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <mutex>
#include <system_error>
#include <thread>

#include "worker/sandbox/descriptor.h"
#include "worker/sandbox/log_tail.h"
#include "worker/sandbox/seal.h"
#include "worker/sandbox/spawn.h"

namespace ventral {

struct Child::State {
  pid_t pid = -1;
  Descriptor to_child, from_child, errors;
  ventral::LogTail tail;
  std::thread reader;  // of the child's stderr
  std::mutex mutex;    // guards what follows
  bool killed = false;
  bool reaped = false;
  ChildOutcome outcome;

  // Collects the ended child; `mutex` is held.
  void Reap();
};

std::string ChildOutcome::ToString() const {
  if (kind == Kind::kExited) return "exited with status " + std::to_string(status);
  const char* name = sigabbrev_np(status);
  return "killed by signal " + std::to_string(status) +
         (name ? " (SIG" + std::string(name) + ")" : "") +
         (refused_call.empty() ? "" : " for its system call " + refused_call);
}

Child::Child(std::unique_ptr<State> state) : state_(std::move(state)) {}
Child::Child(Child&&) noexcept = default;
Child& Child::operator=(Child&& other) noexcept {
  if (this != &other) {
    Child gone(std::move(*this));
    state_ = std::move(other.state_);
  }
  return *this;
}

Child::~Child() {
  if (!state_) return;
  Kill();
  Wait();
}

Result<Child> Child::Start(const ChildOptions& options) {
  VENTRAL_ASSIGN_OR_RETURN(Spawned spawned, Spawn(options));
  auto state = std::make_unique<State>();
  state->pid = spawned.pid;
  state->to_child = std::move(spawned.to_child);
  state->from_child = std::move(spawned.from_child);
  state->errors = std::move(spawned.errors);
  State* const started = state.get();
  Child child(std::move(state));  // from here on, whatever happens ends the process too
  const int forward_to = options.forward_errors ? STDERR_FILENO : -1;
  try {
    started->reader = std::thread(
        [started, forward_to] { started->tail.ReadFrom(started->errors.get(), forward_to); });
  } catch (const std::system_error& error) {
    return Unavailable("no thread can be made", error.what());
  }
  return child;
}

int Child::to_child() const { return state_->to_child.get(); }
int Child::from_child() const { return state_->from_child.get(); }
void Child::CloseInput() { state_->to_child.Close(); }
pid_t Child::pid() const { return state_->pid; }
std::string Child::LogTail() const { return state_->tail.Text(); }

void Child::Kill() {
  const std::lock_guard lock(state_->mutex);
  // Once reaped, the number may be another process's.
  if (state_->reaped) return;
  state_->killed = true;
  kill(-state_->pid, SIGKILL);
}

ChildOutcome Child::Wait() {
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->reaped) return state_->outcome;
  }
  // Waits without reaping, so that Kill in another thread always meets a pid that is ours.
  siginfo_t info{};
  while (waitid(P_PID, static_cast<id_t>(state_->pid), &info, WEXITED | WNOWAIT) < 0 &&
         errno == EINTR) {
  }
  const std::lock_guard lock(state_->mutex);
  if (!state_->reaped) state_->Reap();
  return state_->outcome;
}

void Child::State::Reap() {
  kill(-pid, SIGKILL);  // whatever it started in its group
  int wait_status = 0;
  struct rusage used {};
  while (wait4(pid, &wait_status, 0, &used) < 0 && errno == EINTR) {
  }
  reaped = true;
  outcome.peak_bytes = static_cast<std::uint64_t>(used.ru_maxrss) << 10;
  const bool signalled = WIFSIGNALED(wait_status);
  outcome.kind = signalled ? ChildOutcome::Kind::kSignalled : ChildOutcome::Kind::kExited;
  outcome.status = signalled ? WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
  outcome.killed_by_us = killed && signalled && outcome.status == SIGKILL;
  tail.Stop();
  if (reader.joinable()) reader.join();
  if (signalled && outcome.status == SIGSYS)
    outcome.refused_call = RefusedCall(tail.Text()).value_or("");
}

}  // namespace ventral
