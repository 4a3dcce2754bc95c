// ventral-worker: leases jobs and has them scored by ventral-evaluate.
#include <signal.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <filesystem>
#include <limits>
#include <thread>
#include <vector>

#include "scoring/base/version.h"
#include "worker/daemon/device_loop.h"
#include "worker/daemon/memory_budget.h"
#include "worker/daemon/sandbox_probe.h"
#include "worker/daemon/shutdown.h"
#include "worker/daemon/worker_options.h"

namespace ventral {
namespace {
namespace fs = std::filesystem;

int Exit(WorkerExit code) { return static_cast<int>(code); }

// ventral-evaluate and, unless networks are not run here, ventral-extract, beside this program.
Result<JobPrograms> FindPrograms(bool rescore_only) {
  std::error_code error;
  const fs::path here = fs::read_symlink("/proc/self/exe", error).parent_path();
  JobPrograms programs{here / "ventral-evaluate", here / "ventral-extract"};
  if (rescore_only) programs.extractor.clear();
  for (const fs::path& program : {programs.evaluator, programs.extractor}) {
    if (!program.empty() && !fs::is_regular_file(program, error)) {
      return NotFound(program.string() + " is missing: it must stand beside ventral-worker");
    }
  }
  return programs;
}

// What of the sandbox is active here, when it has all that is demanded.
Result<SandboxReport> FindSandbox(const JobPrograms& programs,
                                  const std::vector<std::string>& required) {
  if (programs.extractor.empty()) return SandboxReport{};  // nothing will need one
  // It loads LibTorch, perhaps from a cold disk, and on a machine with too much to do that has
  // taken more than a minute.
  constexpr std::chrono::seconds kPatience{300};
  VENTRAL_ASSIGN_OR_RETURN(SandboxReport report, ProbeSandbox(programs.extractor, kPatience));
  spdlog::info("sandbox: {}", report.ToString());
  VENTRAL_RETURN_IF_ERROR(CheckRequired(report, required));
  return report;
}

std::uint64_t LargestBudgetOf(const WorkerOptions& options) {
  return LargestBudget(options.memory_budget_bytes, options.max_memory_bytes);
}

v1::WorkerNode Describe(const WorkerOptions& options, const SandboxReport& sandbox) {
  v1::WorkerNode node;
  node.set_version(kVersion);
  node.mutable_devices()->Assign(options.devices.begin(), options.devices.end());
  node.mutable_sandbox()->Assign(sandbox.active.begin(), sandbox.active.end());
  node.mutable_missing()->insert(sandbox.missing.begin(), sandbox.missing.end());
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  node.set_memory_bytes(static_cast<std::int64_t>(std::min(LargestBudgetOf(options), kMost)));
  return node;
}

// For a loop on each device, which sets its own.
DeviceLoopOptions LoopOptions(const WorkerOptions& options, const JobPrograms& programs,
                              const std::vector<std::string>& required,
                              const SandboxReport& sandbox) {
  DeviceLoopOptions loop;
  loop.worker = options.name;
  loop.node = Describe(options, sandbox);
  loop.limits.memory_budget_bytes = options.memory_budget_bytes;
  loop.largest_budget_bytes = LargestBudgetOf(options);
  loop.limits.batch_size = options.batch_size;
  loop.limits.threads = options.threads;
  loop.limits.required_sandbox = required;
  loop.limits.torchscript = options.torchscript;
  loop.programs = programs;
  loop.poll_interval =
      std::chrono::milliseconds(static_cast<std::int64_t>(options.poll_seconds * 1000));
  loop.rescore_only = options.rescore_only;
  loop.once = options.once;
  return loop;
}

// One thread a device. Each starts the children of its jobs, and lives until they have ended.
bool RunDevices(const WorkerOptions& options, const Access& access, const DeviceLoopOptions& each,
                BlobCache& cache, Shutdown& shutdown) {
  ServerLink server(options.server, access);
  std::atomic<std::size_t> left = options.devices.size();
  std::atomic<bool> ok = true;
  std::vector<std::jthread> threads;
  for (const std::string& device : options.devices) {
    DeviceLoopOptions loop = each;
    loop.limits.device = device;
    threads.emplace_back([&, loop = std::move(loop)] {
      if (!RunDeviceLoop(loop, server, cache, shutdown.drain(), shutdown.hand_back()).ok())
        ok = false;
      if (--left == 0) shutdown.WorkIsOver();
    });
  }
  shutdown.Serve(std::chrono::seconds(options.drain_seconds));
  threads.clear();
  return ok;
}

int Run(const WorkerOptions& options) {
  spdlog::set_default_logger(spdlog::stderr_logger_mt("worker"));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
  spdlog::set_level(spdlog::level::from_str(options.log_level));
  signal(SIGPIPE, SIG_IGN);
  auto shutdown = Shutdown::Make();
  const auto programs = FindPrograms(options.rescore_only);
  const auto cache = BlobCache::Open(options.cache, Bytes{options.max_cache_bytes});
  const auto access = ReadAccess(options);
  for (const Error* error :
       {shutdown.ok() ? nullptr : &shutdown.error(), programs.ok() ? nullptr : &programs.error(),
        cache.ok() ? nullptr : &cache.error(), access.ok() ? nullptr : &access.error()}) {
    if (error == nullptr) continue;
    spdlog::error("{}", error->ToString());
    return Exit(WorkerExit::kSetup);
  }
  std::string devices;
  for (const std::string& device : options.devices)
    devices += (devices.empty() ? "" : ",") + device;
  spdlog::info("ventral-worker {} name={} server={} devices={} cache={}", kVersion, options.name,
               options.server, devices, options.cache);
  const auto required = ParseRequiredLayers(options.sandbox).value();  // checked with the options
  const auto sandbox = FindSandbox(*programs, required);
  if (!sandbox.ok()) {
    spdlog::error("{}", sandbox.error().ToString());
    return Exit(WorkerExit::kSandbox);
  }
  const bool ok = RunDevices(options, *access, LoopOptions(options, *programs, required, *sandbox),
                             **cache, *shutdown);
  spdlog::info("ventral-worker ended");
  return Exit(ok ? WorkerExit::kDone : WorkerExit::kUnavailable);
}

}  // namespace
}  // namespace ventral

int main(int argc, char** argv) {
  try {
    int exit_code = 0;
    const auto options = ventral::ParseWorkerOptions(argc, argv, exit_code);
    return options ? ventral::Run(*options) : exit_code;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ventral-worker: %s\n", error.what());
    return static_cast<int>(ventral::WorkerExit::kInternal);
  }
}
