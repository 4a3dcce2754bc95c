#include "scoring/inference/resamples.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

#include "scoring/inference/student_t.h"

namespace ventral {
namespace {

constexpr double kLevel = 0.95;
constexpr double kMostDof = 1e9;
constexpr double kLeastShare = 0.95;  // of resamples that have a score
// In the order of the enumeration.
constexpr const char* kOver[] = {"neuroids", "stimuli", "subjects", "both"};

std::vector<double> Finite(std::vector<double> values) {
  std::erase_if(values, [](double value) { return !std::isfinite(value); });
  return values;
}

// The finite ones; none where they are too few to stand for all.
std::vector<double> Enough(const std::vector<double>& values) {
  std::vector<double> finite = Finite(values);
  const auto wanted = std::max(2.0, kLeastShare * static_cast<double>(values.size()));
  if (static_cast<double>(finite.size()) < wanted) finite.clear();
  return finite;
}

double Variance(const std::vector<double>& values) {
  const Eigen::Map<const Eigen::ArrayXd> all(values.data(),
                                             static_cast<Eigen::Index>(values.size()));
  return (all - all.mean()).square().sum() / static_cast<double>(all.size() - 1);
}

// n/(n − 1): the variance of a resampled mean is this much too small.
double OneFewer(int n) { return static_cast<double>(n) / (n - 1); }

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

// Satterthwaite 1946: of a sum of two variances, each with n − 1 of its own.
int DegreesOfFreedom(double stimuli, double subjects, const Drawable& drawable) {
  const double least = std::min(drawable.stimuli, drawable.subjects) - 1;
  const double parts =
      stimuli * stimuli / (drawable.stimuli - 1) + subjects * subjects / (drawable.subjects - 1);
  if (!(parts > 0)) return static_cast<int>(least);
  const double sum = stimuli + subjects;
  return static_cast<int>(std::clamp(sum * sum / parts, least, kMostDof));
}

double Percentile(const std::vector<double>& sorted, double share) {
  const double at = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

}  // namespace

std::string MethodName(const IntervalRule& rule) {
  return std::string("bootstrap_") + kOver[static_cast<int>(rule.over)] +
         (rule.t ? "_t" : "_percentile");
}

std::optional<IntervalRule> RuleNamed(const std::string& method, int resamples) {
  for (const Over over : {Over::kNeuroids, Over::kStimuli, Over::kSubjects, Over::kBoth}) {
    for (const bool t : {false, true}) {
      const IntervalRule rule{over, t, resamples};
      if (MethodName(rule) == method) return rule;
    }
  }
  return std::nullopt;
}

double DualVariance(double stimuli, double subjects, double both, const Drawable& drawable) {
  const double a = OneFewer(drawable.stimuli), b = OneFewer(drawable.subjects);
  const double corrected = a * stimuli + b * subjects - a * b * (both - stimuli - subjects);
  return std::min(std::max({corrected, a * stimuli, b * subjects}), both);
}

namespace {

std::optional<StandardError> DualErrorOf(const std::vector<double>& stimuli,
                                         const Resamples& resamples, const Drawable& drawable) {
  const std::vector<double> subjects = Enough(resamples.subjects), both = Enough(resamples.both);
  const std::size_t counted = std::min({stimuli.size(), subjects.size(), both.size()});
  if (counted < 2) return std::nullopt;
  const double v_s = Variance(stimuli), v_r = Variance(subjects);
  return StandardError{std::sqrt(DualVariance(v_s, v_r, Variance(both), drawable)),
                       DegreesOfFreedom(OneFewer(drawable.stimuli) * v_s,
                                        OneFewer(drawable.subjects) * v_r, drawable),
                       static_cast<std::int64_t>(counted)};
}

}  // namespace

Interval PercentileInterval(std::vector<double> values, double level, std::string method) {
  values = Finite(std::move(values));
  std::sort(values.begin(), values.end());
  const double tail = (1 - level) / 2;
  return {Percentile(values, tail), Percentile(values, 1 - tail), level, std::move(method),
          static_cast<std::int64_t>(values.size())};
}

std::optional<StandardError> ErrorOf(const Resamples& resamples, const IntervalRule& rule,
                                     const Drawable& drawable) {
  const std::vector<double> one = Enough(resamples.one);
  const int n = NumberOf(rule.over, drawable);
  if (one.size() < 2 || n < 2) return std::nullopt;
  if (rule.over == Over::kBoth) return DualErrorOf(one, resamples, drawable);
  return StandardError{std::sqrt(OneFewer(n) * Variance(one)), n - 1,
                       static_cast<std::int64_t>(one.size())};
}

std::optional<Interval> IntervalOf(double value, const Resamples& resamples,
                                   const IntervalRule& rule, const Drawable& drawable) {
  if (!rule.t) {
    std::vector<double> one = Enough(resamples.one);
    if (one.empty()) return std::nullopt;
    return PercentileInterval(std::move(one), kLevel, MethodName(rule));
  }
  const std::optional<StandardError> error = ErrorOf(resamples, rule, drawable);
  if (!error) return std::nullopt;
  const double half = TQuantile(kLevel, error->dof) * error->value;
  return Interval{value - half, value + half, kLevel, MethodName(rule), error->resamples};
}

}  // namespace ventral
