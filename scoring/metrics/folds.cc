#include "scoring/metrics/folds.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "scoring/base/random.h"

namespace ventral {
namespace {

constexpr std::uint64_t kFoldStream = 1ull << 41;
constexpr std::uint64_t kSplitStreams = (1ull << 41) + 1;

std::size_t At(int i) { return static_cast<std::size_t>(i); }

int Labels(const std::vector<int>& labels) {
  return *std::max_element(labels.begin(), labels.end()) + 1;
}

// `fold_of` has one fold a stimulus.
std::vector<Fold> HoldOutEach(const std::vector<int>& fold_of, int folds) {
  std::vector<Fold> all(At(folds));
  for (int f = 0; f < folds; ++f) {
    for (int row = 0; row < static_cast<int>(fold_of.size()); ++row) {
      (fold_of[At(row)] == f ? all[At(f)].test : all[At(f)].train).push_back(row);
    }
  }
  return all;
}

// Dealt to the folds in turn, as cards.
std::vector<Fold> Deal(const std::vector<int>& order, int folds) {
  std::vector<int> fold_of(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    fold_of[At(order[i])] = static_cast<int>(i) % folds;
  }
  return HoldOutEach(fold_of, folds);
}

std::vector<int> Members(const std::vector<int>& labels) {
  std::vector<int> count(At(Labels(labels)));
  for (const int label : labels) ++count[At(label)];
  return count;
}

int Floor(Fraction train, int n) {
  return static_cast<int>(std::floor(train.value * static_cast<double>(n)));
}

// One bit a stimulus.
Fold HoldOut(const std::vector<bool>& held_out) {
  Fold fold;
  for (int row = 0; row < static_cast<int>(held_out.size()); ++row) {
    (held_out[At(row)] ? fold.test : fold.train).push_back(row);
  }
  return fold;
}

// How many of each label are held out: label by label its share, rounded down; what is then missing
// from `test` goes to the labels that lost most by rounding, the first in `order` of equals.
std::vector<int> Shares(const std::vector<int>& members, int test, int stimuli,
                        std::vector<int> order) {
  std::vector<int> shares(members.size());
  const auto product = [&](int label) {
    return static_cast<std::int64_t>(test) * members[At(label)];
  };
  for (const int label : order) shares[At(label)] = static_cast<int>(product(label) / stimuli);
  std::stable_sort(order.begin(), order.end(),
                   [&](int a, int b) { return product(a) % stimuli > product(b) % stimuli; });
  const int missing = test - std::accumulate(shares.begin(), shares.end(), 0);
  for (int i = 0; i < missing; ++i) ++shares[At(order[At(i)])];
  return shares;
}

}  // namespace

std::vector<Fold> ShuffledFolds(int stimuli, int folds, Seed seed) {
  return Deal(RandomStream(seed, kFoldStream).Permutation(stimuli), folds);
}

std::vector<Fold> StratifiedFolds(const std::vector<int>& labels, int folds, Seed seed) {
  std::vector<int> order =
      RandomStream(seed, kFoldStream).Permutation(static_cast<int>(labels.size()));
  std::stable_sort(order.begin(), order.end(),
                   [&](int a, int b) { return labels[At(a)] < labels[At(b)]; });
  return Deal(order, folds);
}

std::vector<Fold> GroupedFolds(const std::vector<int>& labels, int folds, Seed seed) {
  const std::vector<int> members = Members(labels);
  std::vector<int> order =
      RandomStream(seed, kFoldStream).Permutation(static_cast<int>(members.size()));
  std::stable_sort(order.begin(), order.end(),
                   [&](int a, int b) { return members[At(a)] > members[At(b)]; });
  std::vector<int> size(At(folds)), fold_of_label(members.size());
  for (const int label : order) {
    const auto least = std::min_element(size.begin(), size.end());
    *least += members[At(label)];
    fold_of_label[At(label)] = static_cast<int>(least - size.begin());
  }
  std::vector<int> fold_of;
  for (const int label : labels) fold_of.push_back(fold_of_label[At(label)]);
  return HoldOutEach(fold_of, folds);
}

std::vector<Fold> ShuffleSplits(int stimuli, int splits, Fraction train, Seed seed) {
  std::vector<int> one_label(At(stimuli), 0);
  return StratifiedSplits(one_label, splits, train, seed);
}

std::vector<Fold> StratifiedSplits(const std::vector<int>& labels, int splits, Fraction train,
                                   Seed seed) {
  const int n = static_cast<int>(labels.size());
  const std::vector<int> members = Members(labels);
  std::vector<Fold> all;
  for (int split = 0; split < splits; ++split) {
    RandomStream random(seed, kSplitStreams + static_cast<std::uint64_t>(split));
    const std::vector<int> order = random.Permutation(n);
    std::vector<int> left = Shares(members, n - Floor(train, n), n,
                                   random.Permutation(static_cast<int>(members.size())));
    std::vector<bool> held_out(At(n));
    for (const int row : order) held_out[At(row)] = left[At(labels[At(row)])]-- > 0;
    all.push_back(HoldOut(held_out));
  }
  return all;
}

std::vector<Fold> GroupedSplits(const std::vector<int>& labels, int splits, Fraction train,
                                Seed seed) {
  const int groups = Labels(labels);
  std::vector<Fold> all;
  for (int split = 0; split < splits; ++split) {
    RandomStream random(seed, kSplitStreams + static_cast<std::uint64_t>(split));
    const std::vector<int> order = random.Permutation(groups);
    std::vector<bool> group_out(At(groups)), held_out;
    for (int i = Floor(train, groups); i < groups; ++i) group_out[At(order[At(i)])] = true;
    for (const int label : labels) held_out.push_back(group_out[At(label)]);
    all.push_back(HoldOut(held_out));
  }
  return all;
}

}  // namespace ventral
