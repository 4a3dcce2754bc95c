#include "scoring/inference/multiple_tests.h"

#include <algorithm>
#include <numeric>

namespace ventral {

const std::vector<std::string>& CorrectionNames() {
  static const std::vector<std::string> names = {"none", "fdr", "holm", "bonferroni"};
  return names;
}

std::optional<Correction> CorrectionNamed(std::string_view name) {
  const std::vector<std::string>& names = CorrectionNames();
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Correction>(found - names.begin());
}

std::vector<double> Adjust(const std::vector<double>& p, Correction correction) {
  const std::size_t count = p.size();
  const auto tests = static_cast<double>(count);
  std::vector<double> adjusted = p;
  if (correction == Correction::kNone) return adjusted;
  if (correction == Correction::kBonferroni) {
    for (double& value : adjusted) value = std::min(1.0, tests * value);
    return adjusted;
  }
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return p[a] < p[b]; });
  if (correction == Correction::kHolm) {  // the smallest first: none is below one before it
    double highest = 0;
    for (std::size_t rank = 0; rank < count; ++rank) {
      highest = std::max(highest, (tests - static_cast<double>(rank)) * p[order[rank]]);
      adjusted[order[rank]] = std::min(1.0, highest);
    }
    return adjusted;
  }
  double lowest = 1;  // the largest first: none is above one after it
  for (std::size_t rank = count; rank-- > 0;) {
    lowest = std::min(lowest, tests / static_cast<double>(rank + 1) * p[order[rank]]);
    adjusted[order[rank]] = lowest;
  }
  return adjusted;
}

}  // namespace ventral
