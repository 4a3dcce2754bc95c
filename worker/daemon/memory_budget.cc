#include "worker/daemon/memory_budget.h"

#include <unistd.h>

#include <algorithm>

namespace ventral {

std::uint64_t MachineMemory() {
  const long pages = sysconf(_SC_PHYS_PAGES), bytes = sysconf(_SC_PAGESIZE);
  if (pages <= 0 || bytes <= 0) return 0;
  return static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(bytes);
}

std::uint64_t RaisedBudget(std::uint64_t budget, std::int32_t factor) {
  if (factor <= 1) return budget;
  const std::uint64_t most = std::max(budget, MachineMemory());
  const auto times = static_cast<std::uint64_t>(factor);
  return budget > most / times ? most : budget * times;
}

}  // namespace ventral
