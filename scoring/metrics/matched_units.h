// The unit of a layer that goes best with each neuroid, found as the units pass by.
#ifndef VENTRAL_SCORING_METRICS_MATCHED_UNITS_H_
#define VENTRAL_SCORING_METRICS_MATCHED_UNITS_H_

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "scoring/metrics/folds.h"

namespace ventral {

// Of one layer and fold, what is known after the units so far.
struct MatchedUnits {
  explicit MatchedUnits(Eigen::Index neuroids);

  std::vector<std::int64_t> unit;  // [neuroid]: its place in the layer; −1 where none varies
  Eigen::VectorXd train_r;         // [neuroid]: its r on the training stimuli; −2 where none
  Eigen::VectorXd held_out_r;      // [neuroid]: on the others; NaN where one of the two is constant
  Eigen::MatrixXf held_out;        // [test stimulus × neuroid]: its values; where they are kept
  bool any_varies = false;         // some unit, over the training stimuli
};

// Units first, first + 1, … [stimulus × unit], finite, after those before them. For each neuroid of
// `responses` [stimulus × neuroid] the unit of the largest signed Pearson r over the training
// stimuli is kept, the first of equals: each r is made of its own two columns alone, in double, so
// that neither the parts in which units come nor the processor changes a bit. Units, and neuroids,
// that do not vary over the training stimuli have no r; the values of a unit that differ by float32
// rounding alone do not vary. Source: Brain-Score's neuron_to_neuron (docs/scoring.md).
void MatchUnits(const Eigen::MatrixXd& responses, const Fold& fold, const Eigen::MatrixXf& units,
                std::int64_t first, bool keep_values, MatchedUnits& matched);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_MATCHED_UNITS_H_
