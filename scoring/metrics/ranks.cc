#include "scoring/metrics/ranks.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ventral {
namespace {

constexpr double kPlacesAnItem = 64;  // that counting may take

// `order` is by value.
OrderedItems FindRuns(std::vector<int> order, const Eigen::VectorXd& values) {
  const std::size_t count = order.size();
  OrderedItems items{std::move(order), {}, std::vector<int>(count)};
  for (std::size_t i = 0; i < count; ++i) {
    items.runs[static_cast<std::size_t>(items.order[i])] = static_cast<int>(items.ends.size());
    if (i + 1 == count || values(items.order[i]) != values(items.order[i + 1])) {
      items.ends.push_back(static_cast<int>(i) + 1);
    }
  }
  return items;
}

}  // namespace

OrderedItems OrderItems(const Eigen::VectorXd& values) {
  std::vector<int> order(static_cast<std::size_t>(values.size()));
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](int a, int b) { return values(a) < values(b); });
  return FindRuns(std::move(order), values);
}

OrderedItems OrderHalves(const Eigen::VectorXd& values) {
  const Eigen::Index count = values.size();
  if (count == 0 || 2 * values.maxCoeff() > kPlacesAnItem * static_cast<double>(count)) {
    return OrderItems(values);
  }
  const auto place = [&](Eigen::Index i) { return static_cast<std::size_t>(2 * values(i)); };
  std::vector<int> next(static_cast<std::size_t>(2 * values.maxCoeff()) + 2);
  for (Eigen::Index i = 0; i < count; ++i) ++next[place(i) + 1];
  std::partial_sum(next.begin(), next.end(), next.begin());
  std::vector<int> order(static_cast<std::size_t>(count));
  for (Eigen::Index i = 0; i < count; ++i) {
    order[static_cast<std::size_t>(next[place(i)]++)] = static_cast<int>(i);
  }
  return FindRuns(std::move(order), values);
}

OrderedItems OrderWithin(const OrderedItems& all, const StimulusSample& sample) {
  const std::vector<int>& places = sample.places();
  // One more than there are: what is not there is written, and then written over.
  OrderedItems items{std::vector<int>(sample.pairs().size() + 1), {}, {}};
  std::vector<int> old_runs(items.order.size());
  std::size_t count = 0;
  for (const int item : all.order) {
    const int place = places[static_cast<std::size_t>(item)];
    items.order[count] = place;
    old_runs[count] = all.runs[static_cast<std::size_t>(item)];
    count += place >= 0 ? 1 : 0;
  }
  items.order.resize(count);
  items.runs.resize(count);
  items.ends.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    items.runs[static_cast<std::size_t>(items.order[i])] = static_cast<int>(items.ends.size());
    if (i + 1 == count || old_runs[i] != old_runs[i + 1]) {
      items.ends.push_back(static_cast<int>(i) + 1);
    }
  }
  return items;
}

Eigen::VectorXd WeightedRanks(const OrderedItems& items, const Eigen::VectorXd& weights) {
  Eigen::VectorXd ranks(weights.size());
  double before = 0;
  int begin = 0;
  for (const int end : items.ends) {
    double weight = 0;
    for (int i = begin; i < end; ++i) weight += weights(items.order[static_cast<std::size_t>(i)]);
    const double rank = before + (weight + 1) / 2;
    for (int i = begin; i < end; ++i) ranks(items.order[static_cast<std::size_t>(i)]) = rank;
    before += weight;
    begin = end;
  }
  return ranks;
}

Eigen::VectorXd AverageRanks(const Eigen::VectorXd& values) {
  return WeightedRanks(OrderItems(values), Eigen::VectorXd::Ones(values.size()));
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
