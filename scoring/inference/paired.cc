#include "scoring/inference/paired.h"

#include <algorithm>
#include <cmath>

#include "scoring/inference/student_t.h"

namespace ventral {
namespace {

std::vector<double> Less(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> less;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) less.push_back(a[i] - b[i]);
  return less;
}

// Of no difference: twice the share of resamples on the side that fewer are on.
double BootstrapP(const std::vector<double>& differences) {
  double below = 0, above = 0, count = 0;
  for (const double value : differences) {
    if (!std::isfinite(value)) continue;
    below += value <= 0 ? 1 : 0;
    above += value >= 0 ? 1 : 0;
    count += 1;
  }
  return std::min(1.0, 2 * (1 + std::min(below, above)) / (1 + count));
}

// No error at all: the same number on every resample.
double StudentP(double value, const StandardError& error) {
  if (!(error.value > 0)) return value == 0 ? 1 : 0;
  return std::max(0.0, 1 - WithinT(std::abs(value) / error.value, error.dof));
}

}  // namespace

std::optional<Difference> DifferenceOf(const ResampledScore& a, const ResampledScore& b,
                                       const IntervalRule& rule, const Drawable& drawable) {
  Resamples less{Less(a.resamples.one, b.resamples.one),
                 Less(a.resamples.subjects, b.resamples.subjects),
                 Less(a.resamples.both, b.resamples.both)};
  Difference difference;
  difference.value = a.value - b.value;
  auto interval = IntervalOf(difference.value, less, rule, drawable);
  if (!interval) return std::nullopt;
  difference.interval = std::move(*interval);
  difference.p =
      rule.t ? StudentP(difference.value, *ErrorOf(less, rule, drawable)) : BootstrapP(less.one);
  const bool finite = std::isfinite(difference.value) && std::isfinite(difference.p) &&
                      std::isfinite(difference.interval.lower) &&
                      std::isfinite(difference.interval.upper);
  if (!finite) return std::nullopt;
  return difference;
}

}  // namespace ventral
