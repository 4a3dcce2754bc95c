// How much memory a job gets, and how much more after a run that had too little.
#ifndef VENTRAL_WORKER_DAEMON_MEMORY_BUDGET_H_
#define VENTRAL_WORKER_DAEMON_MEMORY_BUDGET_H_

#include <cstdint>
#include <filesystem>

namespace ventral {

// What a lease asks for (Lease in worker.proto).
struct AskedMemory {
  std::int32_t factor = 1;        // of the budget; 1 where it is less
  std::int64_t needed_bytes = 0;  // known to be needed; 0: not known, and the factor counts
};

// `budget`, raised to what is asked for, at most to `most`, and never less than `budget`: that is
// what the worker's operator has given.
std::uint64_t RaisedBudget(std::uint64_t budget, std::uint64_t most, const AskedMemory& asked);

// The most that a run may get where its operator allows `allowed` (0: all of MachineMemory), and
// has given `budget`.
std::uint64_t LargestBudget(std::uint64_t budget, std::uint64_t allowed);

// Bytes of memory that this process may use: those of its machine, or of the narrowest of its
// control groups where they are fewer; 0 where neither says.
std::uint64_t MachineMemory();

// The least limit on memory of the control groups of a process, versions 1 and 2, as
// `root`/proc/self and `root`/sys/fs/cgroup tell it; 2^64 − 1 where there is none.
std::uint64_t ControlGroupMemory(const std::filesystem::path& root = "/");

}  // namespace ventral

#endif  // VENTRAL_WORKER_DAEMON_MEMORY_BUDGET_H_
