// Ranks of the values of a vector, each counted as often as a resample drew it.
#ifndef VENTRAL_SCORING_METRICS_RANKS_H_
#define VENTRAL_SCORING_METRICS_RANKS_H_

#include <Eigen/Core>
#include <vector>

namespace ventral {

// Average ranks, from 1, ties share their mean: scipy.stats.rankdata.
Eigen::VectorXd AverageRanks(const Eigen::VectorXd& values);

// Sorted once, so that the ranks within each resample take linear time.
class SortedValues {
 public:
  explicit SortedValues(const Eigen::VectorXd& values);
  // Average ranks where value k stands `weights(k)` ≥ 0 times; what stands 0 times gets some rank,
  // to be used with weight 0. With all weights 1: AverageRanks.
  void WeightedRanks(const Eigen::VectorXd& weights, Eigen::VectorXd& ranks) const;

  struct Pair {
    double weight;  // w_k
    double target;  // w_k·t_k, with Σ w·t = 0
  };
  // Σ w·r·t, r being the weighted ranks, standardised as below: WeightedRanks, Standardise and a
  // dot product in one walk. `total` is Σ w. NaN if the ranks are all equal.
  double ProjectRanks(const std::vector<Pair>& pairs, double total) const;

 private:
  std::vector<int> order_;     // indices by value
  std::vector<int> tie_ends_;  // ends of the runs of equal values in order_
};

// (x − weighted mean) / weighted norm, so that a weighted Pearson r is Σ w·a·b. All zero if x is
// constant.
void Standardise(const Eigen::VectorXd& weights, Eigen::VectorXd& x);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_RANKS_H_
