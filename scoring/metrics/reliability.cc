#include "scoring/metrics/reliability.h"

#include <cmath>
#include <limits>
#include <vector>

#include "scoring/base/parallel.h"
#include "scoring/base/random.h"

namespace ventral {
namespace {

constexpr std::uint64_t kHalfStreams = 1ull << 42;
using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Mean over the repeats present: [stimulus × neuroid], NaN where there is none.
Eigen::ArrayXXd MeanOf(const Recording& trials, const std::vector<int>& repeats) {
  const Eigen::Index n = trials.Size(Axis::kStimulus), m = trials.Size(Axis::kNeuroid);
  Eigen::ArrayXXd sum = Eigen::ArrayXXd::Zero(n, m), count = sum;
  for (const int repeat : repeats) {
    const Eigen::Map<const RowMajor> one(
        trials.values.data() + static_cast<Eigen::Index>(repeat) * n * m, n, m);
    const auto present = one.array().isFinite();
    sum += present.select(one.array(), 0.0);
    count += present.cast<double>();
  }
  return (count > 0).select(sum / count, kNan);
}

double PearsonWhereBoth(const Eigen::ArrayXd& a, const Eigen::ArrayXd& b) {
  double n = 0, mean_a = 0, mean_b = 0;
  for (Eigen::Index i = 0; i < a.size(); ++i) {
    if (!std::isfinite(a(i)) || !std::isfinite(b(i))) continue;
    n += 1;
    mean_a += a(i);
    mean_b += b(i);
  }
  if (n < 3) return kNan;
  mean_a /= n;
  mean_b /= n;
  double aa = 0, bb = 0, ab = 0;
  for (Eigen::Index i = 0; i < a.size(); ++i) {
    if (!std::isfinite(a(i)) || !std::isfinite(b(i))) continue;
    aa += (a(i) - mean_a) * (a(i) - mean_a);
    bb += (b(i) - mean_b) * (b(i) - mean_b);
    ab += (a(i) - mean_a) * (b(i) - mean_b);
  }
  return aa > 0 && bb > 0 ? ab / std::sqrt(aa * bb) : kNan;
}

}  // namespace

Result<Eigen::VectorXd> SplitHalfReliability(const Recording& trials, int halves, Seed seed) {
  const std::vector<Axis> wanted = {Axis::kRepeat, Axis::kStimulus, Axis::kNeuroid};
  if (trials.axes != wanted || trials.Size(Axis::kRepeat) < 2) {
    return InvalidInput(
        "recording " + trials.id +
        ": a split-half ceiling needs the axes repeat, stimulus, neuroid and two repeats at least");
  }
  const int repeats = static_cast<int>(trials.Size(Axis::kRepeat));
  Eigen::MatrixXd corrected(trials.Size(Axis::kNeuroid), halves);
  ParallelFor(static_cast<std::size_t>(halves), 0, [&](std::size_t half) {
    const std::vector<int> order = RandomStream(seed, kHalfStreams + half).Permutation(repeats);
    const auto middle = order.begin() + repeats / 2;
    const Eigen::ArrayXXd first = MeanOf(trials, {order.begin(), middle});
    const Eigen::ArrayXXd second = MeanOf(trials, {middle, order.end()});
    for (Eigen::Index neuroid = 0; neuroid < corrected.rows(); ++neuroid) {
      const double r = PearsonWhereBoth(first.col(neuroid), second.col(neuroid));
      corrected(neuroid, static_cast<Eigen::Index>(half)) = 2 * r / (1 + r);
    }
  });
  return Eigen::VectorXd(corrected.rowwise().mean());
}

}  // namespace ventral
