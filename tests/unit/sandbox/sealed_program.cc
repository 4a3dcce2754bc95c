// sealed_program CASE [FILE]: seals itself as the extractor does, then tries what CASE says.
// Exit status: 0 it was possible, 3 it was refused by an error, 4 no such case, 5 not sealed.
#include <fcntl.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "worker/sandbox/confine.h"
#include "worker/sandbox/seal.h"
#include "worker/sandbox/shared_window.h"

namespace {

using Case = std::function<long(const char* file)>;

long FillMemory(const char*) {
  std::vector<std::unique_ptr<char[]>> held;
  try {
    while (true) {
      held.push_back(std::make_unique<char[]>(16 << 20));
      std::memset(held.back().get(), 1, 16 << 20);
    }
  } catch (const std::bad_alloc&) {
    return -1;
  }
}

[[noreturn]] long Spin(const char*) {
  static volatile std::uint64_t turns = 0;
  while (true) turns = turns + 1;
}

long Compute(const char*) {
  std::vector<double> numbers(1 << 20, 0.5);
  for (double& number : numbers) number *= 2;
  try {
    throw std::string("exceptions work");
  } catch (const std::string& text) {
    const std::string line = text + ", " + std::to_string(numbers.back()) + "\n";
    return write(STDOUT_FILENO, line.data(), line.size());
  }
}

std::optional<ventral::SharedWindow> window;  // of case "window", from before the seal

// Five times the turn's number in every place, a byte to say so, and a wait until it is taken.
long FillWindow(const char*) {
  for (int turn = 1; turn <= 5; ++turn) {
    const std::span<float> room = window->AwaitRoom();
    std::fill(room.begin(), room.end(), static_cast<float>(turn));
    if (write(STDOUT_FILENO, "x", 1) != 1) return -1;
  }
  return 0;
}

const std::map<std::string, Case> kCases = {
    {"window", FillWindow},
    {"compute", Compute},
    {"openat", [](const char* file) { return open(file, O_RDONLY); }},
    {"create", [](const char* file) { return open(file, O_WRONLY | O_CREAT, 0600); }},
    {"unlink", [](const char* file) { return unlink(file); }},
    {"stat", [](const char* file) { return access(file, F_OK); }},
    {"socket", [](const char*) { return socket(AF_INET, SOCK_STREAM, 0); }},
    {"socketpair", [](const char*) { return syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, 0); }},
    {"fork", [](const char*) { return syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0); }},
    {"clone3", [](const char*) { return syscall(SYS_clone3, nullptr, 0); }},
    {"thread",
     [](const char*) {
       std::thread([] {}).join();
       return 0L;
     }},
    {"exec", [](const char*) { return execl("/bin/true", "true", nullptr); }},
    {"attach", [](const char*) { return syscall(SYS_ptrace, PTRACE_TRACEME, 0, 0, 0); }},
    {"kill", [](const char*) { return syscall(SYS_kill, 1, SIGKILL); }},
    {"signal", [](const char*) { return syscall(SYS_tgkill, 1 << 20, 1 << 20, SIGKILL); }},
    {"read_memory", [](const char*) { return syscall(SYS_process_vm_readv, 1, 0, 0, 0, 0, 0); }},
    {"ring", [](const char*) { return syscall(SYS_io_uring_setup, 1, 0); }},
    {"namespace", [](const char*) { return syscall(SYS_unshare, 0); }},
    {"privileges", [](const char*) { return syscall(SYS_setuid, 0); }},
    {"write_elsewhere", [](const char*) { return syscall(SYS_write, 7, "x", 1); }},
    {"map_file", [](const char*) { return syscall(SYS_mmap, 0, 4096, 1, 2, 7, 0); }},
    {"raise_limits", [](const char*) { return syscall(SYS_prlimit64, 0, 0, 0, 0); }},
    {"unseal", [](const char*) { return syscall(SYS_seccomp, 0, 0, 0); }},
    {"fill_memory", FillMemory},
    {"spin", Spin},
    {"abort", [](const char*) -> long { std::abort(); }},
    {"crash",
     [](const char*) -> long {
       raise(SIGSEGV);
       return *static_cast<volatile int*>(nullptr);
     }},
};

int Fail(const ventral::Error& error) {
  std::fprintf(stderr, "%s\n", error.ToString().c_str());
  return 5;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string name = argc > 1 ? argv[1] : "";
  const char* const file = argc > 2 ? argv[2] : "/etc/passwd";
  const bool in_thread = argc > 3;  // in one that was made before the seal
  const auto found = kCases.find(name);
  if (found == kCases.end() && name != "report" && name != "confined") return 4;
  if (name == "window") {
    auto inherited = ventral::SharedWindow::Inherit(ventral::Bytes{std::stoull(file)});
    if (!inherited.ok()) return Fail(inherited.error());
    window.emplace(std::move(inherited).value());
  }
  const ventral::ConfineOptions confine{ventral::Bytes{192 << 20}, ventral::Seconds{1}};
  const auto report = ventral::Confine(confine);
  if (!report.ok()) return Fail(report.error());
  if (name == "report") {
    std::printf("%s\n", report->ToString().c_str());
    return 0;
  }
  if (name == "confined") {  // the first half alone, without the system-call filter
    const bool opened = open(file, O_RDONLY) >= 0;
    std::printf("%s, %d\n", opened ? "opened" : std::strerror(errno), static_cast<int>(getpid()));
    return 0;
  }
  std::atomic<bool> go = false;
  std::atomic<long> result = 0;
  std::thread other([&] {
    go.wait(false);
    if (in_thread) result = found->second(file);
  });
  const auto sealed = ventral::Seal({STDOUT_FILENO, false});
  if (!sealed.ok()) return Fail(sealed.error());
  if (!in_thread) result = found->second(file);
  go = true;
  go.notify_all();
  other.join();
  return result < 0 ? 3 : 0;
}
