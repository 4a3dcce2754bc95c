// Independent pieces of work on all cores; the result does not depend on how many there are.
#ifndef VENTRAL_SCORING_METRICS_PARALLEL_H_
#define VENTRAL_SCORING_METRICS_PARALLEL_H_

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace ventral {

// work(i) for i in 0 … count − 1, each once, in any order, on up to `threads` threads (0: all cores).
// Piece i must write to its own place only.
template <typename Work>
void ParallelFor(std::size_t count, unsigned threads, const Work& work) {
  if (threads == 0) threads = std::max(1u, std::thread::hardware_concurrency());
  std::atomic<std::size_t> next = 0;
  const auto run = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::thread> others;
  for (unsigned t = 1; t < std::min<std::size_t>(threads, count); ++t) others.emplace_back(run);
  run();
  for (std::thread& other : others) other.join();
}

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_PARALLEL_H_
