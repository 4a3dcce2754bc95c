#include "worker/extractor/sealed.h"

#include <malloc.h>

#include <algorithm>
#include <thread>

#include "scoring/features/warm_up.h"
#include "spdlog/spdlog.h"
#include "worker/sandbox/confine.h"
#include "worker/sandbox/seal.h"

namespace ventral {
namespace {

constexpr std::uint64_t kWorkingSpace = 4ull << 30;      // batches between two taps, scratch memory
constexpr std::uint64_t kSpaceOfAThread = 136ull << 20;  // its stack, and what malloc reserves

// Address space beyond what the loaded program has: what a run within its budget may need, and a
// network that asks for more gets an error instead.
Bytes SpaceFor(const RunLimits& limits, int threads, Bytes checkpoint) {
  return Bytes{2 * limits.memory_budget_bytes + 2 * checkpoint.value +
               static_cast<std::uint64_t>(threads) * kSpaceOfAThread + kWorkingSpace};
}

}  // namespace

Result<SandboxReport> SealExtractor(const RunLimits& limits, Bytes checkpoint, int out) {
  const bool cuda = limits.device.starts_with("cuda");
  const int threads = limits.threads > 0
                          ? limits.threads
                          : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  // Without a limit of its own, malloc counts the processors, in a file, when threads grow many.
  mallopt(M_ARENA_MAX, threads);
  KeepFreedMemory();
  VENTRAL_RETURN_IF_ERROR(WarmUpLibraries(limits.device));
  ConfineOptions confine;
  confine.more_memory = cuda ? Bytes{0} : SpaceFor(limits, threads, checkpoint);
  confine.processor_time = Seconds{limits.processor_seconds};
  confine.threads_are_ours = cuda;
  VENTRAL_ASSIGN_OR_RETURN(SandboxReport report, Confine(confine));
  VENTRAL_RETURN_IF_ERROR(StartThreads(threads));
  report.active.insert(report.active.begin() + 2, "system_calls");
  // The first line in the log also makes the logger read what it needs, while it can.
  spdlog::info("sandbox: {}", report.ToString());
  VENTRAL_RETURN_IF_ERROR(CheckRequired(report, limits.required_sandbox));
  VENTRAL_RETURN_IF_ERROR(Seal({out, cuda}));
  return report;
}

}  // namespace ventral
