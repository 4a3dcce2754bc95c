#include "scoring/metrics/encoding_interval.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "scoring/metrics/bootstrap.h"
#include "scoring/metrics/dense.h"
#include "scoring/metrics/parallel.h"

namespace ventral {
namespace {

constexpr std::size_t kResamplesAtOnce = 64;
// Resample numbers below are of the first subject; a subject has a block of them.
constexpr std::uint64_t kSubjectStreams = 1 << 20;

std::optional<Interval> IntervalOf(std::vector<double> values, const char* method) {
  if (std::none_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); })) {
    return std::nullopt;
  }
  return PercentileInterval(std::move(values), 0.95, method);
}

// Of `items`, as a multinomial draw wants.
template <typename Item>
std::vector<Item> Draw(const std::vector<Item>& items, Seed seed, std::uint64_t number) {
  const Eigen::VectorXd counts = ResampleCounts(seed, number, static_cast<int>(items.size()));
  std::vector<Item> drawn;
  for (std::size_t i = 0; i < items.size(); ++i) {
    drawn.insert(drawn.end(), static_cast<std::size_t>(counts(static_cast<Eigen::Index>(i))),
                 items[i]);
  }
  return drawn;
}

// [resample × stimulus]
Eigen::MatrixXd Counts(Seed seed, std::size_t first, std::size_t count, int stimuli) {
  Eigen::MatrixXd counts(static_cast<Eigen::Index>(count), stimuli);
  for (std::size_t i = 0; i < count; ++i) {
    counts.row(static_cast<Eigen::Index>(i)) = ResampleCounts(seed, first + i, stimuli);
  }
  return counts;
}

}  // namespace

std::optional<Interval> NeuroidInterval(const Eigen::MatrixXd& r, const Pool& pool, Seed seed,
                                        int resamples) {
  std::vector<double> values;
  for (int number = 0; number < resamples; ++number) {
    Pool drawn = pool;
    std::uint64_t stream = static_cast<std::uint64_t>(number);
    for (std::vector<int>& subject : drawn.subjects) {
      subject = Draw(subject, seed, stream);
      stream += kSubjectStreams;
    }
    values.push_back(drawn.Score(r));
  }
  return IntervalOf(std::move(values), "bootstrap_neuroids_percentile");
}

std::optional<Interval> SubjectInterval(const Eigen::MatrixXd& r, const Pool& pool, Seed seed,
                                        int resamples) {
  std::vector<double> values;
  for (int number = 0; number < resamples; ++number) {
    const Pool drawn{Draw(pool.subjects, seed, static_cast<std::uint64_t>(number)),
                     pool.all_neuroids};
    values.push_back(drawn.Score(r));
  }
  return IntervalOf(std::move(values), "bootstrap_subjects_percentile");
}

Eigen::MatrixXd WeightedCorrelations(const FoldPrediction& fold, const Eigen::MatrixXd& counts) {
  const Eigen::MatrixXd p = fold.predicted.rowwise() - fold.predicted.colwise().mean();
  const Eigen::MatrixXd y = fold.recorded.rowwise() - fold.recorded.colwise().mean();
  const Eigen::ArrayXd n = counts.rowwise().sum().array().max(1);
  const Eigen::ArrayXd different = (counts.array() > 0).cast<double>().rowwise().sum();
  const Eigen::ArrayXXd sum_p = Product(counts, p), sum_y = Product(counts, y);
  const Eigen::ArrayXXd pp = Product(counts, p.cwiseAbs2()), yy = Product(counts, y.cwiseAbs2());
  const Eigen::ArrayXXd py = Product(counts, p.cwiseProduct(y));
  const Eigen::ArrayXXd var_p = pp - (sum_p.square().colwise() / n);
  const Eigen::ArrayXXd var_y = yy - (sum_y.square().colwise() / n);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  Eigen::ArrayXXd r =
      (var_p > 1e-12 * pp && var_y > 1e-12 * yy)
          .select((py - (sum_p * sum_y).colwise() / n) / (var_p * var_y).sqrt(), nan);
  for (Eigen::Index i = 0; i < r.rows(); ++i) {
    if (different(i) < 3) r.row(i) = nan;
  }
  return r;
}

std::optional<Interval> StimulusInterval(const std::vector<FoldPrediction>& predictions,
                                         const std::vector<Fold>& folds, int stimuli,
                                         const Pool& pool, Seed seed, int resamples,
                                         unsigned threads) {
  const auto all = static_cast<std::size_t>(resamples);
  std::vector<double> values(all);
  ParallelFor((all + kResamplesAtOnce - 1) / kResamplesAtOnce, threads, [&](std::size_t block) {
    const std::size_t first = block * kResamplesAtOnce;
    const std::size_t count = std::min(kResamplesAtOnce, all - first);
    const Eigen::MatrixXd counts = Counts(seed, first, count, stimuli);
    std::vector<Eigen::MatrixXd> r;  // of each fold [resample × neuroid]
    for (std::size_t f = 0; f < folds.size(); ++f) {
      r.push_back(WeightedCorrelations(predictions[f], counts(Eigen::all, folds[f].test)));
    }
    for (std::size_t i = 0; i < count; ++i) {
      Eigen::MatrixXd one(r[0].cols(), static_cast<Eigen::Index>(r.size()));
      for (std::size_t f = 0; f < r.size(); ++f) {
        one.col(static_cast<Eigen::Index>(f)) = r[f].row(static_cast<Eigen::Index>(i));
      }
      values[first + i] = pool.Score(one);
    }
  });
  return IntervalOf(std::move(values), "bootstrap_stimuli_percentile");
}

}  // namespace ventral
