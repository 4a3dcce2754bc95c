#include "scoring/metrics/folds.h"

#include "scoring/base/random.h"

namespace ventral {
namespace {
constexpr std::uint64_t kFoldStream = 1ull << 41;
}

std::vector<Fold> ShuffledFolds(int stimuli, int folds, Seed seed) {
  const std::vector<int> order = RandomStream(seed, kFoldStream).Permutation(stimuli);
  std::vector<int> fold_of(static_cast<std::size_t>(stimuli));
  for (std::size_t i = 0; i < order.size(); ++i) {
    fold_of[static_cast<std::size_t>(order[i])] = static_cast<int>(i) % folds;
  }
  std::vector<Fold> all(static_cast<std::size_t>(folds));
  for (int f = 0; f < folds; ++f) {
    for (int row = 0; row < stimuli; ++row) {
      Fold& fold = all[static_cast<std::size_t>(f)];
      (fold_of[static_cast<std::size_t>(row)] == f ? fold.test : fold.train).push_back(row);
    }
  }
  return all;
}

std::string DescribeFolds(int folds) { return "kfold(k=" + std::to_string(folds) + ", shuffled)"; }

}  // namespace ventral
