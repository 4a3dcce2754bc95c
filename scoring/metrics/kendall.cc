#include "scoring/metrics/kendall.h"

#include <cmath>
#include <limits>
#include <vector>

namespace ventral {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// Sums over 0 … i − 1 of values that are added at places, both in O(log n) (Fenwick 1994).
class RunningSums {
 public:
  explicit RunningSums(std::size_t places) : tree_(places + 1, 0.0) {}
  double Before(std::size_t place) const {
    double sum = 0;
    for (; place > 0; place &= place - 1) sum += tree_[place];
    return sum;
  }
  void Add(std::size_t place, double value) {
    for (++place; place < tree_.size(); place += place & (~place + 1)) tree_[place] += value;
  }

 private:
  std::vector<double> tree_;
};

// Pairs of copies and of items that this variable ties.
double TiedPairs(const OrderedItems& items, const Eigen::VectorXd& weights) {
  double tied = 0;
  std::size_t i = 0;
  for (const int end : items.ends) {
    double weight = 0;
    for (; i < static_cast<std::size_t>(end); ++i) weight += weights(items.order[i]);
    tied += weight * (weight - 1) / 2;
  }
  return tied;
}

}  // namespace

double ConcordantLessDiscordant(const OrderedItems& x, const OrderedItems& y,
                                const Eigen::VectorXd& weights) {
  RunningSums seen(y.ends.size());
  std::vector<double> level(y.ends.size(), 0.0);  // seen with this very y
  double all = 0, sum = 0;
  std::size_t begin = 0;
  for (const int run_end : x.ends) {  // items of one x neither agree nor disagree
    const auto end = static_cast<std::size_t>(run_end);
    for (std::size_t i = begin; i < end; ++i) {
      const auto rank = static_cast<std::size_t>(y.runs[static_cast<std::size_t>(x.order[i])]);
      const double below = seen.Before(rank);
      sum += weights(x.order[i]) * (2 * below + level[rank] - all);  // below − above
    }
    for (std::size_t i = begin; i < end; ++i) {
      const auto rank = static_cast<std::size_t>(y.runs[static_cast<std::size_t>(x.order[i])]);
      const double weight = weights(x.order[i]);
      seen.Add(rank, weight);
      level[rank] += weight;
      all += weight;
    }
    begin = end;
  }
  return sum;
}

double KendallTauA(const OrderedItems& x, const OrderedItems& y, const Eigen::VectorXd& weights) {
  const double total = weights.sum(), pairs = total * (total - 1) / 2;
  return pairs > 0 ? ConcordantLessDiscordant(x, y, weights) / pairs : kNaN;
}

double KendallTauB(const OrderedItems& x, const OrderedItems& y, const Eigen::VectorXd& weights) {
  const double total = weights.sum(), pairs = total * (total - 1) / 2;
  const double x_untied = pairs - TiedPairs(x, weights), y_untied = pairs - TiedPairs(y, weights);
  if (!(x_untied > 0 && y_untied > 0)) return kNaN;
  return ConcordantLessDiscordant(x, y, weights) / (std::sqrt(x_untied) * std::sqrt(y_untied));
}

}  // namespace ventral
