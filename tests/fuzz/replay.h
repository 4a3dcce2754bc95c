// Every seed of a fuzzer, and so many changes of each.
#ifndef VENTRAL_TESTS_FUZZ_REPLAY_H_
#define VENTRAL_TESTS_FUZZ_REPLAY_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "tests/support/files.h"

namespace ventral::fuzz {

inline std::string Changed(std::string bytes, std::mt19937& random) {
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

inline void ReplaySeeds(const std::string& target, void (*run)(std::string_view bytes),
                        int changes) {
  std::vector<std::filesystem::path> seeds;
  for (const auto& file :
       std::filesystem::directory_iterator(std::filesystem::path(VENTRAL_FUZZ_CORPUS) / target)) {
    seeds.push_back(file.path());
  }
  std::sort(seeds.begin(), seeds.end());
  ASSERT_GT(seeds.size(), 5U);
  std::mt19937 random(20260101);
  for (const auto& seed : seeds) {
    SCOPED_TRACE(seed.filename().string());
    const std::string bytes = testing::ReadFile(seed);
    run(bytes);
    for (int i = 0; i < changes; ++i) run(Changed(bytes, random));
  }
}

}  // namespace ventral::fuzz

#endif  // VENTRAL_TESTS_FUZZ_REPLAY_H_
