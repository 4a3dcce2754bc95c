#include "worker/sandbox/seal.h"

#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <memory>

namespace ventral {
namespace {

constexpr std::string_view kRefusedLine = "seal: refused system call ";
// Not on the list and without use to anyone: calling it is how a refused process ends itself.
constexpr int kLastCall = SCMP_SYS(vhangup);

// Async-signal-safe: a program may be anywhere when its call is refused.
void TellAndEnd(int, siginfo_t* info, void*) {
  std::array<char, 64> line{};
  const auto end = kRefusedLine.copy(line.data(), kRefusedLine.size()) + line.data();
  char* last = std::to_chars(end, line.data() + line.size() - 1, info->si_syscall).ptr;
  *last++ = '\n';
  [[maybe_unused]] const ssize_t told =
      write(STDERR_FILENO, line.data(), static_cast<std::size_t>(last - line.data()));
  syscall(kLastCall);
  _exit(127);
}

// The first process of a PID namespace ignores a signal that it has no handler for.
void EndOutOfTime(int) { _exit(kProcessorTimeStatus); }

struct Filter {
  scmp_filter_ctx context = seccomp_init(SCMP_ACT_TRAP);
  int error = context == nullptr ? -ENOMEM : 0;
  ~Filter() {
    if (context != nullptr) seccomp_release(context);
  }
  void Allow(int call) {
    if (error == 0) error = seccomp_rule_add(context, SCMP_ACT_ALLOW, call, 0);
  }
  void AllowIf(int call, scmp_arg_cmp condition) {
    if (error == 0) error = seccomp_rule_add_array(context, SCMP_ACT_ALLOW, call, 1, &condition);
  }
};

// Memory, waiting for threads (and the first steps of one that was just made), the clock, ending.
constexpr std::array kAllowed = {SCMP_SYS(munmap),
                                 SCMP_SYS(mprotect),
                                 SCMP_SYS(mremap),
                                 SCMP_SYS(madvise),
                                 SCMP_SYS(brk),
                                 SCMP_SYS(futex),
                                 SCMP_SYS(sched_yield),
                                 SCMP_SYS(clock_gettime),
                                 SCMP_SYS(clock_nanosleep),
                                 SCMP_SYS(gettimeofday),
                                 SCMP_SYS(gettid),
                                 SCMP_SYS(getpid),
                                 SCMP_SYS(sched_getaffinity),
                                 SCMP_SYS(rt_sigreturn),
                                 SCMP_SYS(rt_sigprocmask),
                                 SCMP_SYS(restart_syscall),
                                 SCMP_SYS(exit),
                                 SCMP_SYS(rseq),
                                 SCMP_SYS(set_robust_list),
                                 SCMP_SYS(exit_group)};

// Not tried on a GPU: docs/threat-model.md.
constexpr std::array kAllowedForCuda = {SCMP_SYS(ioctl), SCMP_SYS(poll),  SCMP_SYS(ppoll),
                                        SCMP_SYS(read),  SCMP_SYS(mlock), SCMP_SYS(munlock)};

void AddRules(Filter& filter, const SealOptions& options) {
  for (const int call : kAllowed) filter.Allow(call);
  for (const int descriptor : {options.out, STDOUT_FILENO, STDERR_FILENO}) {
    const scmp_arg_cmp is_ours = SCMP_A0_32(SCMP_CMP_EQ, static_cast<std::uint32_t>(descriptor));
    filter.AllowIf(SCMP_SYS(write), is_ours);
    filter.AllowIf(SCMP_SYS(writev), is_ours);
  }
  // abort(): itself, and nobody else.
  filter.AllowIf(SCMP_SYS(tgkill), SCMP_A0_32(SCMP_CMP_EQ, static_cast<std::uint32_t>(getpid())));
  filter.AllowIf(SCMP_SYS(rt_sigaction), SCMP_A0_32(SCMP_CMP_EQ, SIGABRT));
  if (options.cuda) {
    for (const int call : kAllowedForCuda) filter.Allow(call);
    filter.Allow(SCMP_SYS(mmap));
  } else {
    filter.AllowIf(SCMP_SYS(mmap), SCMP_A4_32(SCMP_CMP_EQ, static_cast<std::uint32_t>(-1)));
  }
  if (filter.error == 0)
    filter.error = seccomp_rule_add(filter.context, SCMP_ACT_KILL_PROCESS, kLastCall, 0);
}

}  // namespace

Status Seal(const SealOptions& options) {
  struct sigaction tell {};
  tell.sa_sigaction = TellAndEnd;
  tell.sa_flags = SA_SIGINFO;
  signal(SIGXCPU, EndOutOfTime);
  if (sigaction(SIGSYS, &tell, nullptr) != 0)
    return Internal("the extractor cannot be sealed: SIGSYS cannot be handled");
  Filter filter;
  if (filter.error == 0) filter.error = seccomp_attr_set(filter.context, SCMP_FLTATR_CTL_TSYNC, 1);
  AddRules(filter, options);
  if (filter.error == 0) filter.error = seccomp_load(filter.context);
  if (filter.error == 0) return Ok{};
  return Internal("the extractor cannot be sealed: seccomp error " + std::to_string(-filter.error));
}

std::optional<std::string> RefusedCall(std::string_view log) {
  const std::size_t at = log.rfind(kRefusedLine);
  if (at == std::string_view::npos || (at > 0 && log[at - 1] != '\n')) return std::nullopt;
  const std::string_view rest = log.substr(at + kRefusedLine.size());
  int number = 0;
  const auto [stop, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  if (error != std::errc()) return std::nullopt;
  const std::unique_ptr<char, decltype(&std::free)> name(
      seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number), &std::free);
  return name ? std::string(name.get()) : "call " + std::to_string(number);
}

}  // namespace ventral
