#ifndef VENTRAL_SCORING_METRICS_MEDIAN_H_
#define VENTRAL_SCORING_METRICS_MEDIAN_H_

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace ventral {

// Of the finite values (numpy.nanmedian); NaN if there is none.
inline double Median(std::vector<double> values) {
  values.erase(
      std::remove_if(values.begin(), values.end(), [](double v) { return !std::isfinite(v); }),
      values.end());
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*std::max_element(values.begin(), middle) + *middle) / 2;
}

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_MEDIAN_H_
