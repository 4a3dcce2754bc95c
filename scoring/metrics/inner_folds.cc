#include "scoring/metrics/inner_folds.h"

#include <algorithm>
#include <map>
#include <string>

namespace ventral {
namespace {

// Of these stimuli, numbered again from 0.
std::vector<int> GroupsOfRows(const std::vector<int>& groups, const std::vector<int>& stimuli) {
  std::map<int, int> number;
  std::vector<int> of;
  for (const int stimulus : stimuli) {
    const int group = groups[static_cast<std::size_t>(stimulus)];
    of.push_back(number.emplace(group, static_cast<int>(number.size())).first->second);
  }
  return of;
}

int CountOf(const std::vector<int>& groups) {
  return 1 + *std::max_element(groups.begin(), groups.end());
}

}  // namespace

std::vector<Fold> InnerFolds(const CentredGram& gram, const Penalties& penalties) {
  const auto rows = static_cast<int>(gram.train.rows());
  if (!penalties.groups.empty()) {
    const std::vector<int> groups = GroupsOfRows(penalties.groups, gram.stimuli);
    const int folds = std::min(penalties.inner_folds, CountOf(groups));
    if (folds > 1) return GroupedFolds(groups, folds, penalties.seed);
  }
  return ShuffledFolds(rows, penalties.inner_folds, penalties.seed);
}

Status CheckInnerFolds(const Penalties& penalties, const std::vector<Fold>& folds) {
  const int inner = penalties.inner_folds;
  if (inner == 0) return Ok{};
  const std::string wanted = "option penalty_folds: " + std::to_string(inner) + " inner folds need";
  for (const Fold& fold : folds) {
    if (std::ssize(fold.train) < 2 * inner) {
      return InvalidInput(wanted + " at least " + std::to_string(2 * inner) +
                          " training stimuli, and a fold has " + std::to_string(fold.train.size()));
    }
    if (penalties.groups.empty()) continue;
    const int groups = CountOf(GroupsOfRows(penalties.groups, fold.train));
    if (groups < inner) {
      return InvalidInput(wanted + " as many groups of training stimuli, and a fold has " +
                          std::to_string(groups));
    }
  }
  return Ok{};
}

}  // namespace ventral
