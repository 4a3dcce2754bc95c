#include "tests/support/service_processes.h"

#include <signal.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace ventral::testing {
namespace {
namespace fs = std::filesystem;

struct ProcessState {
  char state = 'X';
  pid_t parent = 0;
};

// proc(5): "pid (name) state ppid …", where the name may hold anything. A process that ends
// meanwhile makes the reading fail, which read() does not throw.
std::optional<ProcessState> StateOf(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text(4096, '\0');
  file.read(text.data(), std::ssize(text));
  text.resize(static_cast<std::size_t>(file.gcount()));
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos || name_end + 4 > text.size()) return std::nullopt;
  return ProcessState{text[name_end + 2], std::atoi(text.c_str() + name_end + 4)};
}

std::string ProgramOf(pid_t pid) {
  std::error_code error;
  return fs::read_symlink("/proc/" + std::to_string(pid) + "/exe", error).filename().string();
}

Child LaunchIn(const fs::path& folder, const std::string& program,
               const std::vector<std::string>& arguments) {
  auto child = Child::Start({(folder / program).string(), arguments, {}, /*forward_errors=*/true});
  if (!child.ok()) throw std::runtime_error(child.error().ToString());
  return std::move(child).value();
}

void KillAlone(std::optional<Child>& child) {
  kill(child->pid(), SIGKILL);
  child->Wait();
  child.reset();
}

}  // namespace

bool Becomes(const std::function<bool()>& condition, std::chrono::seconds patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    // Leaves the processor to those that are waited for.
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

bool IsGone(pid_t pid) {
  const auto state = StateOf(pid);
  return !state || state->state == 'Z' || state->state == 'X';
}

pid_t ChildRunning(pid_t parent, const std::string& program) {
  std::error_code error;
  for (fs::directory_iterator it("/proc", error), end; !error && it != end; it.increment(error)) {
    const pid_t pid = std::atoi(it->path().filename().c_str());
    if (pid <= 0 || IsGone(pid)) continue;
    const auto state = StateOf(pid);
    if (state && state->parent == parent && ProgramOf(pid) == program) return pid;
  }
  return 0;
}

ServiceProcesses::ServiceProcesses(std::string database) : database_(std::move(database)) {}

void ServiceProcesses::StartServer(const std::vector<std::string>& options) {
  const fs::path address_file = folder_.path() / "address";
  fs::remove(address_file);
  std::vector<std::string> arguments = {"--database",
                                        database_,
                                        "--blobs",
                                        (folder_.path() / "blobs").string(),
                                        "--listen",
                                        address_,
                                        "--address-file",
                                        address_file.string(),
                                        "--reap-interval-seconds",
                                        "0.2",
                                        "--log-level",
                                        "warn"};
  if (std::find(options.begin(), options.end(), "--accounts") == options.end()) {
    arguments.insert(arguments.end(), {"--accounts", "off"});
  }
  arguments.insert(arguments.end(), options.begin(), options.end());
  server_.emplace(LaunchIn(VENTRAL_BIN_DIR, "ventral-server", arguments));
  const bool listens =
      Becomes([&] { return fs::exists(address_file) || IsGone(server_->pid()); }) &&
      fs::exists(address_file);
  if (!listens) throw std::runtime_error("ventral-server does not listen: " + server_->LogTail());
  address_ = ReadFile(address_file);
  while (!address_.empty() && address_.back() == '\n') address_.pop_back();
}

void ServiceProcesses::StartWorker(const std::vector<std::string>& options) {
  StartWorkerIn(VENTRAL_BIN_DIR, options);
}

void ServiceProcesses::StartWorkerIn(const fs::path& programs,
                                     const std::vector<std::string>& options) {
  std::vector<std::string> arguments = {
      "--server",       address_, "--cache",   (folder_.path() / "cache").string(),
      "--device",       "cpu",    "--threads", "1",
      "--poll-seconds", "0.1"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  worker_.emplace(LaunchIn(programs, "ventral-worker", arguments));
}

void ServiceProcesses::KillServer() { KillAlone(server_); }
void ServiceProcesses::KillWorker() { KillAlone(worker_); }
void ServiceProcesses::SignalWorker(int signal_number) { kill(worker_->pid(), signal_number); }

ChildOutcome ServiceProcesses::WaitForWorker() {
  const ChildOutcome outcome = worker_->Wait();
  worker_.reset();
  return outcome;
}

pid_t ServiceProcesses::evaluator() const {
  return worker_ ? ChildRunning(worker_->pid(), "ventral-evaluate") : 0;
}

pid_t ServiceProcesses::extractor() const {
  const pid_t parent = evaluator();
  return parent == 0 ? 0 : ChildRunning(parent, "ventral-extract");
}

}  // namespace ventral::testing
