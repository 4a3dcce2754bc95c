// LibTorch's loops, as sources of ours that include them have them.
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace ventral {
namespace {

// Compiled without OpenMP, the header runs the pieces one after the other, and the first would wait
// for ever.
TEST(ParallelFor, SharesItsPiecesAmongThreads) {
#ifdef __clang__
  GTEST_SKIP() << "with clang, LibTorch's loops of ours have one thread";
#endif
  const int before = at::get_num_threads();
  at::set_num_threads(2);
  std::mutex mutex;
  std::condition_variable changed;
  int begun = 0;
  bool met = true;
  at::parallel_for(0, 2, 1, [&](std::int64_t, std::int64_t) {
    std::unique_lock lock(mutex);
    ++begun;
    changed.notify_all();
    met = changed.wait_for(lock, std::chrono::seconds(60), [&] { return begun == 2; }) && met;
  });
  at::set_num_threads(before);
  EXPECT_EQ(begun, 2);
  EXPECT_TRUE(met);
}

}  // namespace
}  // namespace ventral
