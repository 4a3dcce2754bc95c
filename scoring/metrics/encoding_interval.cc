#include "scoring/metrics/encoding_interval.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "scoring/base/parallel.h"
#include "scoring/metrics/bootstrap.h"
#include "scoring/metrics/dense.h"

namespace ventral {
namespace {

constexpr std::size_t kResamplesAtOnce = 64;
// Resample numbers below are of the first subject; a subject has a block of them.
constexpr std::uint64_t kSubjectsFrom = 1 << 20;

// Each item as often as it was drawn.
template <typename Item>
std::vector<Item> Draw(const std::vector<Item>& items, const Eigen::VectorXd& counts) {
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

Pool DrawNeuroids(const Pool& pool, Seed seed, std::uint64_t number) {
  Pool drawn = pool;
  for (std::vector<int>& subject : drawn.subjects) {
    subject = Draw(subject, ResampleCounts(seed, number, static_cast<int>(subject.size())));
    number += kSubjectsFrom;
  }
  return drawn;
}

Pool DrawSubjects(const Pool& pool, Seed seed, std::uint64_t number) {
  const auto count = static_cast<int>(pool.subjects.size());
  return {Draw(pool.subjects, SubjectCounts(seed, number, count)), pool.all_neuroids};
}

// Resamples first, first + 1, … of stimuli, and of both.
void ResampleStimuli(const EncodingFit& fit, const std::vector<Fold>& folds,
                     const Eigen::MatrixXd& counts, std::size_t first, const Pool& pool, Seed seed,
                     Resampled& out) {
  std::vector<Eigen::MatrixXd> r;  // of each fold [resample × neuroid]
  for (std::size_t f = 0; f < folds.size(); ++f) {
    const FoldPrediction& fold = fit.predictions[f];
    Eigen::MatrixXd& moved =
        r.emplace_back(WeightedCorrelations(fold, counts(Eigen::all, folds[f].test)));
    if (fold.influence.size() == 0) continue;
    const Eigen::MatrixXd more = counts(Eigen::all, folds[f].train).array() - 1;
    // A step of first order may lead beyond what a correlation can be; NaN stays.
    moved = (moved + Product(more, fold.influence)).unaryExpr([](double value) {
      return std::isnan(value) ? value : std::clamp(value, -1.0, 1.0);
    });
  }
  for (Eigen::Index i = 0; i < counts.rows(); ++i) {
    Eigen::MatrixXd one(r[0].cols(), static_cast<Eigen::Index>(r.size()));
    for (std::size_t f = 0; f < r.size(); ++f) {
      one.col(static_cast<Eigen::Index>(f)) = r[f].row(i);
    }
    const Eigen::Index number = static_cast<Eigen::Index>(first) + i;
    out.one(0, number) = pool.Score(one);
    if (out.both.size() == 0) continue;
    const Pool drawn = DrawSubjects(pool, seed, static_cast<std::uint64_t>(number));
    out.subjects(0, number) = drawn.Score(fit.r);
    out.both(0, number) = drawn.Score(one);
  }
}

}  // namespace

bool DrawsStimuli(const IntervalRule& rule) {
  return rule.over == Over::kStimuli || rule.over == Over::kBoth;
}

Eigen::MatrixXd CorrelationGradient(const FoldPrediction& fold) {
  Eigen::MatrixXd gradient = Eigen::MatrixXd::Zero(fold.predicted.rows(), fold.predicted.cols());
  for (Eigen::Index c = 0; c < gradient.cols(); ++c) {
    const Eigen::VectorXd p = fold.predicted.col(c).array() - fold.predicted.col(c).mean();
    const Eigen::VectorXd y = fold.recorded.col(c).array() - fold.recorded.col(c).mean();
    const double size = p.norm(), wanted = y.norm();
    if (!(size > 0 && wanted > 0)) continue;
    const double r = p.dot(y) / (size * wanted);
    gradient.col(c) = (y / wanted - r * p / size) / size;
  }
  return gradient;
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

Resampled ResampleEncoding(const EncodingFit& fit, const std::vector<Fold>& folds, int stimuli,
                           const Pool& pool, const IntervalRule& rule, Seed seed,
                           unsigned threads) {
  Resampled out(1, rule);
  const auto all = static_cast<std::size_t>(rule.resamples);
  ParallelFor((all + kResamplesAtOnce - 1) / kResamplesAtOnce, threads, [&](std::size_t block) {
    const std::size_t first = block * kResamplesAtOnce;
    const std::size_t count = std::min(kResamplesAtOnce, all - first);
    if (DrawsStimuli(rule)) {
      ResampleStimuli(fit, folds, Counts(seed, first, count, stimuli), first, pool, seed, out);
      return;
    }
    for (std::size_t number = first; number < first + count; ++number) {
      const Pool drawn = rule.over == Over::kSubjects ? DrawSubjects(pool, seed, number)
                                                      : DrawNeuroids(pool, seed, number);
      out.one(0, static_cast<Eigen::Index>(number)) = drawn.Score(fit.r);
    }
  });
  return out;
}

ResampledInterval EncodingInterval(double value, const EncodingFit& fit,
                                   const std::vector<Fold>& folds, int stimuli, const Pool& pool,
                                   const IntervalRule& rule, Seed seed, unsigned threads) {
  ResampledInterval made;
  made.resamples = ResampleEncoding(fit, folds, stimuli, pool, rule, seed, threads).Row(0);
  made.interval =
      IntervalOf(value, made.resamples, rule,
                 {static_cast<int>(fit.r.rows()), stimuli, static_cast<int>(pool.subjects.size())});
  return made;
}

}  // namespace ventral
