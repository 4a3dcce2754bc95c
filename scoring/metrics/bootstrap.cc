#include "scoring/metrics/bootstrap.h"

#include <algorithm>
#include <cmath>

namespace ventral {
namespace {

// Keeps bootstrap streams apart from those of folds and halves.
constexpr std::uint64_t kBootstrapStreams = 1ull << 40;
constexpr std::uint64_t kSubjectStreams = 1ull << 36;  // and of subjects from those of stimuli

double Percentile(const std::vector<double>& sorted, double share) {
  const double at = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

}  // namespace

Eigen::VectorXd ResampleCounts(Seed seed, std::uint64_t number, int n) {
  RandomStream random(seed, kBootstrapStreams + number);
  Eigen::VectorXd counts = Eigen::VectorXd::Zero(n);
  for (int i = 0; i < n; ++i)
    counts(static_cast<Eigen::Index>(random.Below(static_cast<std::uint64_t>(n)))) += 1;
  return counts;
}

Eigen::VectorXd SubjectCounts(Seed seed, std::uint64_t number, int subjects) {
  return ResampleCounts(seed, kSubjectStreams + number, subjects);
}

Interval PercentileInterval(std::vector<double> values, double level, std::string method) {
  values.erase(
      std::remove_if(values.begin(), values.end(), [](double v) { return !std::isfinite(v); }),
      values.end());
  std::sort(values.begin(), values.end());
  const double tail = (1 - level) / 2;
  return {Percentile(values, tail), Percentile(values, 1 - tail), level, std::move(method),
          static_cast<std::int64_t>(values.size())};
}

}  // namespace ventral
