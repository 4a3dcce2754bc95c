// Cross-validation over stimuli: the ways to divide them. Which way a benchmark wants: split.h.
#ifndef VENTRAL_SCORING_METRICS_FOLDS_H_
#define VENTRAL_SCORING_METRICS_FOLDS_H_

#include <vector>

#include "scoring/base/units.h"

namespace ventral {

struct Fold {
  std::vector<int> train, test;  // stimulus rows, ascending
};

// k-fold: each stimulus is held out once. Random order comes from the seed alone.

// Test sizes differ by one at most. Requires 2 ≤ folds ≤ stimuli.
std::vector<Fold> ShuffledFolds(int stimuli, int folds, Seed seed);
// `labels` has one number a stimulus, from 0. The stimuli of each label, too, are spread over the
// folds so that their counts differ by one at most.
std::vector<Fold> StratifiedFolds(const std::vector<int>& labels, int folds, Seed seed);
// The stimuli of a label stay together. Labels in random order, larger ones first, each into the
// fold that has the fewest stimuli so far. Requires as many labels as folds.
std::vector<Fold> GroupedFolds(const std::vector<int>& labels, int folds, Seed seed);

// Repeated random splits: `splits` times ⌊train·n⌋ stimuli to train on, the others to predict, as
// sklearn's ShuffleSplit, StratifiedShuffleSplit and GroupShuffleSplit with train_size. Each split
// has a random stream of its own.

std::vector<Fold> ShuffleSplits(int stimuli, int splits, Fraction train, Seed seed);
// Each label's share of the held-out stimuli is its share of all, but for rounding.
std::vector<Fold> StratifiedSplits(const std::vector<int>& labels, int splits, Fraction train,
                                   Seed seed);
// ⌊train·labels⌋ labels to train on; the stimuli of a label stay together.
std::vector<Fold> GroupedSplits(const std::vector<int>& labels, int splits, Fraction train,
                                Seed seed);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_FOLDS_H_
