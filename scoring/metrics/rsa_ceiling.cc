#include "scoring/metrics/rsa_ceiling.h"

#include <cmath>

namespace ventral {

CeilingBounds BoundsInSample(const SubjectsInSample& subjects, const Eigen::VectorXd& counts) {
  const SubjectsInSample::Bounds each = subjects.ToPooled(counts);
  CeilingBounds mean;
  for (Eigen::Index s = 0; s < counts.size(); ++s) {
    if (!(counts(s) > 0)) continue;
    mean.lower += counts(s) * each.lower(s);
    mean.upper += counts(s) * each.upper(s);
  }
  return {mean.lower / counts.sum(), mean.upper / counts.sum()};
}

std::optional<Ceiling> RsaCeiling(const std::vector<Rdm>& subjects, const Comparison& comparison) {
  if (subjects.size() < 2) return std::nullopt;
  const StimulusSample all = StimulusSample::All(subjects[0].stimuli);
  const std::vector<ComparableRdm> comparable = MakeComparable(subjects, comparison.comparator);
  const CeilingBounds bounds =
      BoundsInSample(SubjectsInSample(comparable, all, comparison),
                     Eigen::VectorXd::Ones(static_cast<Eigen::Index>(subjects.size())));
  if (!std::isfinite(bounds.lower) || !std::isfinite(bounds.upper)) return std::nullopt;
  Ceiling ceiling;
  ceiling.value = bounds.upper;
  ceiling.lower = bounds.lower;
  ceiling.upper = bounds.upper;
  ceiling.method = PoolingName(comparison.comparator);
  return ceiling;
}

}  // namespace ventral
