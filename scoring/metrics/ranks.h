// Values in order, and their ranks, each value counted as often as a resample drew it.
#ifndef VENTRAL_SCORING_METRICS_RANKS_H_
#define VENTRAL_SCORING_METRICS_RANKS_H_

#include <Eigen/Core>
#include <vector>

#include "scoring/metrics/stimulus_sample.h"

namespace ventral {

// The items of one variable in ascending order.
struct OrderedItems {
  std::vector<int> order;  // items by value
  std::vector<int> ends;   // ends in `order` of the runs of equal values
  std::vector<int> runs;   // [item]: which run it is in, from 0
};

// O(n log n).
OrderedItems OrderItems(const Eigen::VectorXd& values);
// The same of values that are whole numbers or halves, ≥ 0, such as sums of ranks: by counting,
// where they are dense enough, O(n).
OrderedItems OrderHalves(const Eigen::VectorXd& values);
// An RDM's pairs, ordered → those of a sample, ordered, named by their place in sample.pairs().
// Linear time: nothing is sorted again.
OrderedItems OrderWithin(const OrderedItems& all, const StimulusSample& sample);

// Average ranks from 1 where item k stands weights(k) > 0 times; ties share their mean. With all
// weights 1: scipy.stats.rankdata.
Eigen::VectorXd WeightedRanks(const OrderedItems& items, const Eigen::VectorXd& weights);
Eigen::VectorXd AverageRanks(const Eigen::VectorXd& values);

// (x − weighted mean) / weighted norm, so that a weighted Pearson r is Σ w·a·b. All zero if x is
// constant.
void Standardise(const Eigen::VectorXd& weights, Eigen::VectorXd& x);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_RANKS_H_
