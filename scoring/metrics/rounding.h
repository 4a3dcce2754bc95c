// What varies, and what only looks so.
#ifndef VENTRAL_SCORING_METRICS_ROUNDING_H_
#define VENTRAL_SCORING_METRICS_ROUNDING_H_

#include <algorithm>
#include <cmath>
#include <limits>

namespace ventral {

// Of float32 values: a range of a few roundings of the largest value is none.
inline bool VariesBeyondRounding(double least, double most) {
  const double largest = std::max(std::abs(least), std::abs(most));
  return most - least > 4 * static_cast<double>(std::numeric_limits<float>::epsilon()) * largest;
}

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_ROUNDING_H_
