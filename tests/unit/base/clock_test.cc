#include "scoring/base/clock.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace ventral {
namespace {

constexpr TimePoint kStart{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};

// Where it is not thread-safe, ThreadSanitizer says so, and steps may be lost.
TEST(ManualClock, IsMovedWhileOthersReadIt) {
  constexpr int kThreads = 4, kSteps = 5'000;
  ManualClock clock(kStart);
  std::vector<std::jthread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&clock] {
      for (int step = 0; step < kSteps; ++step) {
        const TimePoint before = clock.Now();
        clock.Advance(std::chrono::milliseconds(1));
        EXPECT_GT(clock.Now(), before);
      }
    });
  }
  threads.clear();
  EXPECT_EQ(clock.Now(), kStart + std::chrono::milliseconds(kThreads * kSteps));
}

}  // namespace
}  // namespace ventral
