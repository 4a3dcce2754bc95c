// Every seed, and so many changes of each, through what the fuzzers run: deterministic, in seconds.
#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>

#include "tests/fuzz/targets.h"
#include "tests/support/files.h"

namespace ventral::fuzz {
namespace {

struct Target {
  const char* name;
  void (*run)(std::string_view bytes);
  int changes;  // of each seed
};

void PrintTo(const Target& target, std::ostream* out) { *out << target.name; }

std::string Changed(std::string bytes, std::mt19937& random) {
  const auto below = [&](std::size_t most) { return random() % std::max<std::size_t>(1, most); };
  switch (below(4)) {
    case 0:
      bytes.resize(below(bytes.size()));
      break;
    case 1:
      bytes.insert(below(bytes.size()), bytes.substr(below(bytes.size()), 1 + below(16)));
      break;
    case 2:
      for (int i = 0; i < 8; ++i) bytes.push_back(static_cast<char>(random()));
      break;
    default:
      for (std::size_t flips = 1 + below(4); flips > 0 && !bytes.empty(); --flips)
        bytes[below(bytes.size())] ^= static_cast<char>(1u << below(8));
  }
  return bytes;
}

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
  std::vector<std::filesystem::path> seeds;
  for (const auto& file : std::filesystem::directory_iterator(
           std::filesystem::path(VENTRAL_FUZZ_CORPUS) / GetParam().name)) {
    seeds.push_back(file.path());
  }
  std::sort(seeds.begin(), seeds.end());
  ASSERT_GT(seeds.size(), 5U);
  LimitMemory();
  std::mt19937 random(20260101);
  for (const auto& seed : seeds) {
    SCOPED_TRACE(seed.filename().string());
    const std::string bytes = testing::ReadFile(seed);
    GetParam().run(bytes);
    for (int i = 0; i < GetParam().changes; ++i) GetParam().run(Changed(bytes, random));
  }
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
