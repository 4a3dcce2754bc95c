#include "scoring/metrics/resampled.h"

#include "scoring/base/parallel.h"
#include "scoring/metrics/bootstrap.h"

namespace ventral {
namespace {

std::vector<double> RowOf(const Eigen::MatrixXd& numbers, Eigen::Index number) {
  if (numbers.size() == 0) return {};
  const Eigen::RowVectorXd row = numbers.row(number);
  return {row.begin(), row.end()};
}

}  // namespace

Result<IntervalRule> ReadIntervalRule(OptionReader& reader, const std::vector<OverKind>& overs) {
  std::vector<std::string> names;
  for (const OverKind& one : overs) names.emplace_back(one.over);
  const std::string over = reader.Choice("interval_over", overs[0].over, names);
  const char* usual = overs[0].kind;
  for (const OverKind& one : overs) {
    if (over == one.over) usual = one.kind;
  }
  const std::string kind = reader.Choice("interval", usual, {"percentile", "t"});
  if (over == "both" && kind == "percentile") {
    return InvalidInput(
        "option interval: where stimuli and subjects are both drawn, percentiles would be far too "
        "wide (each draw counts the noise of single measurements again); use t, whose variance is "
        "corrected");
  }
  const auto resamples = static_cast<int>(reader.Integer("bootstrap", 1000, 0, 1'000'000));
  const std::string method = "bootstrap_" + over + "_" + kind;
  // An option that is not one of its values is reader.Finish()'s to refuse.
  return RuleNamed(method, resamples).value_or(IntervalRule{});
}

double WeightedMean(const Eigen::RowVectorXd& values, const Eigen::VectorXd& counts) {
  double sum = 0;
  for (Eigen::Index s = 0; s < counts.size(); ++s) {
    if (counts(s) > 0) sum += counts(s) * values(s);
  }
  return sum / counts.sum();
}

Status CheckIntervalOver(const IntervalRule& interval, std::size_t subjects,
                         const std::string& recording, const char* which) {
  const bool draws_subjects = interval.over == Over::kSubjects || interval.over == Over::kBoth;
  if (!draws_subjects || subjects > 1) return Ok{};
  return InvalidInput("option interval_over: an interval over subjects needs two at least" +
                      std::string(which) + ", recording " + recording + " has " +
                      std::to_string(subjects));
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

Resamples Resampled::Row(Eigen::Index number) const {
  return {RowOf(one, number), RowOf(subjects, number), RowOf(both, number)};
}

std::optional<Interval> IntervalOf(double value, const Resampled& resampled, Eigen::Index number,
                                   const IntervalRule& rule, const Drawable& drawable) {
  return IntervalOf(value, resampled.Row(number), rule, drawable);
}

}  // namespace ventral
