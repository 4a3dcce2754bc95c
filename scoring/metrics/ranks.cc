#include "scoring/metrics/ranks.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace ventral {

SortedValues::SortedValues(const Eigen::VectorXd& values)
    : order_(static_cast<std::size_t>(values.size())) {
  std::iota(order_.begin(), order_.end(), 0);
  std::sort(order_.begin(), order_.end(), [&](int a, int b) { return values(a) < values(b); });
  for (std::size_t i = 0; i < order_.size(); ++i) {
    const bool ends = i + 1 == order_.size() || values(order_[i]) != values(order_[i + 1]);
    if (ends) tie_ends_.push_back(static_cast<int>(i) + 1);
  }
}

void SortedValues::WeightedRanks(const Eigen::VectorXd& weights, Eigen::VectorXd& ranks) const {
  ranks.resize(weights.size());
  double before = 0;
  int begin = 0;
  for (const int end : tie_ends_) {
    double weight = 0;
    for (int i = begin; i < end; ++i) weight += weights(order_[static_cast<std::size_t>(i)]);
    const double rank = before + (weight + 1) / 2;
    for (int i = begin; i < end; ++i) ranks(order_[static_cast<std::size_t>(i)]) = rank;
    before += weight;
    begin = end;
  }
}

double SortedValues::ProjectRanks(const std::vector<Pair>& pairs, double total) const {
  const double middle = (total + 1) / 2;  // the mean rank
  double before = 0, dot = 0, squares = 0;
  std::size_t begin = 0;
  for (const int tie_end : tie_ends_) {
    const auto end = static_cast<std::size_t>(tie_end);
    double weight = 0, target = 0;
    for (std::size_t i = begin; i < end; ++i) {
      const Pair& pair = pairs[static_cast<std::size_t>(order_[i])];
      weight += pair.weight;
      target += pair.target;
    }
    const double rank = before + (weight + 1) / 2 - middle;
    dot += rank * target;
    squares += weight * rank * rank;
    before += weight;
    begin = end;
  }
  return squares > 0 ? dot / std::sqrt(squares) : std::numeric_limits<double>::quiet_NaN();
}

Eigen::VectorXd AverageRanks(const Eigen::VectorXd& values) {
  Eigen::VectorXd ranks;
  SortedValues(values).WeightedRanks(Eigen::VectorXd::Ones(values.size()), ranks);
  return ranks;
}

void Standardise(const Eigen::VectorXd& weights, Eigen::VectorXd& x) {
  x.array() -= weights.dot(x) / weights.sum();
  const double norm = std::sqrt((weights.array() * x.array().square()).sum());
  if (norm > 0) {
    x /= norm;
  } else {
    x.setZero();
  }
}

}  // namespace ventral
