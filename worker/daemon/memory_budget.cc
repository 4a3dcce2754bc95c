#include "worker/daemon/memory_budget.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <limits>
#include <string>

namespace ventral {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

// "max", and what cannot be read, is no limit; neither is what version 1 says for none, which is
// far beyond any machine.
std::uint64_t LimitIn(const fs::path& file) {
  std::ifstream in(file);
  std::string word;
  std::uint64_t limit = 0;
  if (!(in >> word)) return kNoLimit;
  const char* const end = word.data() + word.size();
  const auto [read, error] = std::from_chars(word.data(), end, limit);
  return error == std::errc() && read == end && limit > 0 ? limit : kNoLimit;
}

// A group may take no more than any above it.
std::uint64_t LimitFromTop(const fs::path& top, const fs::path& group, const char* file) {
  fs::path at = top;
  std::uint64_t least = LimitIn(at / file);
  for (const fs::path& part : group.relative_path()) {
    // Of a group outside what is mounted here, the mount's own limit is what can be known.
    if (part == "..") break;
    at /= part;
    least = std::min(least, LimitIn(at / file));
  }
  return least;
}

}  // namespace

std::uint64_t ControlGroupMemory(const fs::path& root) {
  const fs::path mounted = root / "sys/fs/cgroup";
  std::ifstream groups(root / "proc/self/cgroup");
  std::uint64_t least = kNoLimit;
  // "0::/group" of version 2, "7:cpu,memory:/group" of version 1.
  for (std::string line; std::getline(groups, line);) {
    const std::size_t kinds = line.find(':');
    const std::size_t path = kinds == std::string::npos ? kinds : line.find(':', kinds + 1);
    if (path == std::string::npos) continue;
    const std::string kind = "," + line.substr(kinds + 1, path - kinds - 1) + ",";
    const fs::path group = line.substr(path + 1);
    if (kind == ",,") {
      least = std::min(least, LimitFromTop(mounted, group, "memory.max"));
      least = std::min(least, LimitFromTop(mounted / "unified", group, "memory.max"));
    } else if (kind.find(",memory,") != std::string::npos) {
      least = std::min(least, LimitFromTop(mounted / "memory", group, "memory.limit_in_bytes"));
    }
  }
  return least;
}

std::uint64_t MachineMemory() {
  const long pages = sysconf(_SC_PHYS_PAGES), bytes = sysconf(_SC_PAGESIZE);
  const std::uint64_t machine =
      pages > 0 && bytes > 0 ? static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(bytes)
                             : kNoLimit;
  const std::uint64_t least = std::min(machine, ControlGroupMemory());
  return least == kNoLimit ? 0 : least;
}

std::uint64_t LargestBudget(std::uint64_t budget, std::uint64_t allowed) {
  const std::uint64_t machine = MachineMemory();
  const bool both = allowed > 0 && machine > 0;
  return std::max(budget, both ? std::min(allowed, machine) : std::max(allowed, machine));
}

std::uint64_t RaisedBudget(std::uint64_t budget, std::uint64_t most, const AskedMemory& asked) {
  most = std::max(budget, most);
  if (asked.needed_bytes > 0) {
    return std::clamp(static_cast<std::uint64_t>(asked.needed_bytes), budget, most);
  }
  if (asked.factor <= 1) return budget;
  const auto times = static_cast<std::uint64_t>(asked.factor);
  return budget > most / times ? most : budget * times;
}

}  // namespace ventral
