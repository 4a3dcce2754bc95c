#include "scoring/metrics/resampled.h"

#include <algorithm>
#include <cmath>

#include "scoring/metrics/bootstrap.h"
#include "scoring/metrics/parallel.h"
#include "scoring/metrics/student_t.h"

namespace ventral {
namespace {

constexpr double kLevel = 0.95;
// In the order of the enumeration.
constexpr const char* kOver[] = {"neuroids", "stimuli", "subjects", "both"};

std::vector<double> Finite(const Eigen::RowVectorXd& row) {
  std::vector<double> finite;
  for (const double value : row) {
    if (std::isfinite(value)) finite.push_back(value);
  }
  return finite;
}

double Variance(const std::vector<double>& values) {
  const Eigen::Map<const Eigen::ArrayXd> all(values.data(),
                                             static_cast<Eigen::Index>(values.size()));
  return (all - all.mean()).square().sum() / static_cast<double>(all.size() - 1);
}

// n/(n − 1): the variance of a resampled mean is this much too small.
double Correction(int n) { return static_cast<double>(n) / (n - 1); }

int NumberOf(Over over, const Drawable& drawable) {
  switch (over) {
    case Over::kNeuroids:
      return drawable.neuroids;
    case Over::kStimuli:
      return drawable.stimuli;
    case Over::kSubjects:
      return drawable.subjects;
    case Over::kBoth:
      return std::min(drawable.stimuli, drawable.subjects);
  }
  return 0;
}

}  // namespace

Result<IntervalRule> ReadIntervalRule(OptionReader& reader, const std::vector<std::string>& overs) {
  const std::string over = reader.Choice("interval_over", overs[0].c_str(), overs);
  const bool both = over == "both";
  const std::string kind =
      reader.Choice("interval", both ? "t" : "percentile", {"percentile", "t"});
  if (both && kind == "percentile") {
    return InvalidInput(
        "option interval: where stimuli and subjects are both drawn, percentiles would be far too "
        "wide (each draw counts the noise of single measurements again); use t, whose variance is "
        "corrected");
  }
  IntervalRule rule;
  for (const Over one : {Over::kNeuroids, Over::kStimuli, Over::kSubjects, Over::kBoth}) {
    if (over == kOver[static_cast<int>(one)]) rule.over = one;
  }
  rule.t = kind == "t";
  rule.resamples = static_cast<int>(reader.Integer("bootstrap", 1000, 0, 1'000'000));
  return rule;
}

Resampled::Resampled(Eigen::Index numbers, const IntervalRule& rule)
    : one(numbers, rule.resamples) {
  if (rule.over != Over::kBoth) return;
  subjects.resize(numbers, rule.resamples);
  both.resize(numbers, rule.resamples);
}

Resampled Bootstrap(const OfStimuli& statistic, Eigen::Index numbers, const Drawable& drawable,
                    const IntervalRule& rule, Seed seed, unsigned threads) {
  Resampled out(numbers, rule);
  if (rule.resamples == 0) return out;
  const OfSubjects all_stimuli = statistic(Eigen::VectorXd::Ones(drawable.stimuli));
  const Eigen::VectorXd all_subjects = Eigen::VectorXd::Ones(drawable.subjects);
  ParallelFor(static_cast<std::size_t>(rule.resamples), threads, [&](std::size_t number) {
    const auto at = static_cast<Eigen::Index>(number);
    const Eigen::VectorXd drawn = SubjectCounts(seed, number, drawable.subjects);
    if (rule.over == Over::kSubjects) {
      out.one.col(at) = all_stimuli(drawn);
      return;
    }
    const OfSubjects sample = statistic(ResampleCounts(seed, number, drawable.stimuli));
    out.one.col(at) = sample(all_subjects);
    if (rule.over != Over::kBoth) return;
    out.subjects.col(at) = all_stimuli(drawn);
    out.both.col(at) = sample(drawn);
  });
  return out;
}

double DualVariance(double stimuli, double subjects, double both, const Drawable& drawable) {
  const double a = Correction(drawable.stimuli), b = Correction(drawable.subjects);
  const double corrected = a * stimuli + b * subjects - a * b * (both - stimuli - subjects);
  return std::min(std::max({corrected, a * stimuli, b * subjects}), both);
}

std::optional<Interval> IntervalOf(double value, const Resampled& resampled, Eigen::Index number,
                                   const IntervalRule& rule, const Drawable& drawable) {
  std::vector<double> one = Finite(resampled.one.row(number));
  if (one.size() < 2) return std::nullopt;
  const std::string method = std::string("bootstrap_") + kOver[static_cast<int>(rule.over)];
  if (!rule.t) return PercentileInterval(std::move(one), kLevel, method + "_percentile");
  const int n = NumberOf(rule.over, drawable);
  if (n < 2) return std::nullopt;
  double variance = Correction(n) * Variance(one);
  std::size_t counted = one.size();
  if (rule.over == Over::kBoth) {
    const std::vector<double> subjects = Finite(resampled.subjects.row(number)),
                              both = Finite(resampled.both.row(number));
    counted = std::min({counted, subjects.size(), both.size()});
    if (counted < 2) return std::nullopt;
    variance = DualVariance(Variance(one), Variance(subjects), Variance(both), drawable);
  }
  const double half = TQuantile(kLevel, n - 1) * std::sqrt(variance);
  return Interval{value - half, value + half, kLevel, method + "_t",
                  static_cast<std::int64_t>(counted)};
}

}  // namespace ventral
