// What the extractor hands to the evaluator: one layer at one step, reduced to stimulus × stimulus.
#ifndef VENTRAL_SCORING_BASE_GRAM_H_
#define VENTRAL_SCORING_BASE_GRAM_H_

#include <Eigen/Core>
#include <cstdint>
#include <string>

#include "scoring/base/result.h"

namespace ventral {

// A network module by its dotted path; its k-th call in one forward pass is time step k.
struct LayerId {
  std::string path;
  std::int64_t step = 0;
  auto operator<=>(const LayerId&) const = default;
  // "features.3" for step 0 of a module called once, "it@2" where `step` is not 0.
  std::string ToString() const;
};

// G = X·Xᵀ of the activations X [stimulus × feature], uncentred, and s = X·1.
// Euclidean and correlation RDMs, linear CKA, and dual ridge and PLS are exact functions of (G, s, p).
struct Gram {
  LayerId layer;
  std::int64_t features = 0;    // p > 0
  bool inferred = false;        // the module's output was guessed, not stated by the checkpoint
  Eigen::MatrixXd inner;        // G [stimulus × stimulus], finite, symmetric
  Eigen::VectorXd row_sums;     // s [stimulus], finite

  Eigen::Index stimuli() const { return inner.rows(); }
};

// What every reader of foreign Grams must ask first.
// @error invalid_input if a value is not finite, G is not symmetric (relative 1e-9), a diagonal is
//   negative, no X of p features has this G and s (negative eigenvalues), sizes differ from `stimuli`, or p < 1 (names layer and row).
Status CheckGram(const Gram& gram, Eigen::Index stimuli);

}  // namespace ventral

#endif  // VENTRAL_SCORING_BASE_GRAM_H_
