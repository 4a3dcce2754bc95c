#include "server/service/nearest.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace ventral::service {
namespace {

// Insertions, deletions and replacements that make `a` of `b`; one row of the table at a time.
std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
    }
  }
  return row.back();
}

}  // namespace

std::vector<std::string> NearestNames(std::string_view name, const std::vector<std::string>& names,
                                      std::size_t count) {
  constexpr std::size_t kLongest = 200;
  std::vector<std::pair<std::size_t, std::string>> near;
  for (const auto& other : names) {
    const auto compared = std::string_view(other).substr(0, kLongest);
    near.emplace_back(EditDistance(name.substr(0, kLongest), compared), other);
  }
  std::sort(near.begin(), near.end());
  std::vector<std::string> found;
  for (std::size_t i = 0; i < std::min(count, near.size()); ++i) found.push_back(near[i].second);
  return found;
}

}  // namespace ventral::service
