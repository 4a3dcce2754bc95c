// Independent pieces of work on all cores; the result does not depend on how many there are.
#ifndef VENTRAL_SCORING_BASE_PARALLEL_H_
#define VENTRAL_SCORING_BASE_PARALLEL_H_

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace ventral {

// Cores that this process may use (taskset, container), at least 1.
unsigned UsableCores();

// work(i) for i in 0 … count − 1, each once, in any order, on up to `threads` threads (0: all
// cores; fewer where the system gives no more). Piece i must write to its own place only. What a
// piece throws (std::bad_alloc) ends the work and is thrown to the caller.
template <typename Work>
void ParallelFor(std::size_t count, unsigned threads, const Work& work) {
  if (threads == 0) threads = UsableCores();
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::exception_ptr thrown;
  const auto run = [&] {
    try {
      for (std::size_t i = next++; i < count; i = next++) work(i);
    } catch (...) {
      next = count;
      const std::lock_guard<std::mutex> lock(mutex);
      thrown = std::current_exception();
    }
  };
  std::vector<std::thread> others;
  others.reserve(threads);
  try {
    while (others.size() + 1 < std::min<std::size_t>(threads, count)) others.emplace_back(run);
  } catch (const std::system_error&) {
    // No more threads to be had: those there are do the work.
  }
  run();
  for (std::thread& other : others) other.join();
  if (thrown) std::rethrow_exception(thrown);
}

}  // namespace ventral

#endif  // VENTRAL_SCORING_BASE_PARALLEL_H_
