// How much more memory a job gets after a run that had too little.
#ifndef VENTRAL_WORKER_DAEMON_MEMORY_BUDGET_H_
#define VENTRAL_WORKER_DAEMON_MEMORY_BUDGET_H_

#include <cstdint>

namespace ventral {

// `budget` times `factor` (1 where it is less), at most what this machine has, and never less than
// `budget`: that is what its operator has given.
std::uint64_t RaisedBudget(std::uint64_t budget, std::int32_t factor);

// Bytes of memory of this machine; 0 where it does not say.
std::uint64_t MachineMemory();

}  // namespace ventral

#endif  // VENTRAL_WORKER_DAEMON_MEMORY_BUDGET_H_
