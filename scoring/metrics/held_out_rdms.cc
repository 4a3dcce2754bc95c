#include "scoring/metrics/held_out_rdms.h"

#include <algorithm>
#include <utility>

#include "scoring/metrics/rdm.h"

namespace ventral {

Rdm Within(const Rdm& rdm, const std::vector<int>& stimuli) {
  return MakeRdm(static_cast<Eigen::Index>(stimuli.size()), [&](Eigen::Index a, Eigen::Index b) {
    const Eigen::Index one = stimuli[static_cast<std::size_t>(a)];
    const Eigen::Index other = stimuli[static_cast<std::size_t>(b)];
    const Eigen::Index i = std::min(one, other), j = std::max(one, other);
    return rdm.upper(i * rdm.stimuli - i * (i + 1) / 2 + (j - i - 1));
  });
}

HeldOutRdms::HeldOutRdms(std::vector<ComparableRdm> recorded, std::vector<ComparableRdm> predicted,
                         const Comparison& comparison)
    : recorded_(std::move(recorded)), predicted_(std::move(predicted)), comparison_(comparison) {}

Eigen::VectorXd HeldOutRdms::Scores(const Eigen::VectorXd& counts) const {
  const StimulusSample sample(counts);
  const SubjectsInSample subjects(recorded_, sample, comparison_);
  Eigen::VectorXd scores(static_cast<Eigen::Index>(recorded_.size()));
  for (Eigen::Index s = 0; s < scores.size(); ++s) {
    scores(s) = subjects.Compare(predicted_[static_cast<std::size_t>(s)])(s);
  }
  return scores;
}

CeilingBounds HeldOutRdms::Bounds(const Eigen::VectorXd& counts,
                                  const Eigen::VectorXd& subject_counts) const {
  const StimulusSample sample(counts);
  return BoundsInSample(SubjectsInSample(recorded_, sample, comparison_), subject_counts);
}

void ExpectCeiling(RdmComparator comparator, BenchmarkScore& score) {
  if (score.subjects > 1) {
    score.ceiling.emplace();
    score.ceiling->method = PoolingName(comparator);
  } else {
    score.notes.push_back("one subject: no noise ceiling can be estimated");
  }
}

Status CheckHeldOutRdms(const Question& question, const std::vector<Fold>& folds) {
  for (const Fold& fold : folds) {
    if (fold.test.size() >= 4) continue;
    return InvalidInput("metric " + question.spec.metric +
                        " compares RDMs of held-out stimuli, and a fold has " +
                        std::to_string(fold.test.size()) + "; four are needed, so fewer folds");
  }
  return Ok{};
}

}  // namespace ventral
