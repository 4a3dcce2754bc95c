// Cross-validation over stimuli.
#ifndef VENTRAL_SCORING_METRICS_FOLDS_H_
#define VENTRAL_SCORING_METRICS_FOLDS_H_

#include <string>
#include <vector>

#include "scoring/base/units.h"

namespace ventral {

struct Fold {
  std::vector<int> train, test;  // stimulus rows, ascending
};

// Shuffled k-fold: each stimulus is held out once; test sizes differ by one at most.
// Requires 2 ≤ folds ≤ stimuli.
std::vector<Fold> ShuffledFolds(int stimuli, int folds, Seed seed);
// "kfold(k=10, shuffled)".
std::string DescribeFolds(int folds);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_FOLDS_H_
