// Every seed, and so many changes of each, through what the fuzzers run: deterministic, in seconds.
#include "tests/fuzz/replay.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>

#include "tests/fuzz/targets.h"

namespace ventral::fuzz {
namespace {

struct Target {
  const char* name;
  void (*run)(std::string_view bytes);
  int changes;  // of each seed
};

void PrintTo(const Target& target, std::ostream* out) { *out << target.name; }

// What a hostile network asks for beyond this is refused, as in the sealed process.
void LimitMemory() {
  std::ifstream about("/proc/self/statm");
  rlim_t pages = 0;
  about >> pages;
  rlimit limit{};
  getrlimit(RLIMIT_AS, &limit);
  limit.rlim_cur = pages * static_cast<rlim_t>(getpagesize()) + (rlim_t{2} << 30);
  setrlimit(RLIMIT_AS, &limit);
}

class Replay : public ::testing::TestWithParam<Target> {};

TEST_P(Replay, KeepsEveryPromise) {
  at::set_num_threads(1);
  LimitMemory();
  ReplaySeeds(GetParam().name, GetParam().run, GetParam().changes);
}

INSTANTIATE_TEST_SUITE_P(Fuzz, Replay,
                         ::testing::Values(Target{"archive", RunArchive, 20},
                                           Target{"records", RunRecords, 20},
                                           Target{"program", RunProgram, 1},
                                           Target{"frames", RunFrames, 200},
                                           Target{"pack", RunPack, 200}),
                         [](const auto& target) { return target.param.name; });

}  // namespace
}  // namespace ventral::fuzz
