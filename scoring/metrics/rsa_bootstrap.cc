#include "scoring/metrics/rsa_bootstrap.h"

#include <memory>

#include "scoring/base/parallel.h"
#include "scoring/metrics/rsa_ceiling.h"

namespace ventral {
namespace {

// Subjects in a sample of stimuli, and the sample with them.
struct Sampled {
  StimulusSample sample;
  SubjectsInSample subjects;
  Sampled(const Eigen::VectorXd& counts, const std::vector<ComparableRdm>& rdms,
          const Comparison& comparison)
      : sample(counts), subjects(rdms, sample, comparison) {}
  Sampled(const Sampled&) = delete;
  Sampled& operator=(const Sampled&) = delete;
};

}  // namespace

Eigen::MatrixXd CompareRdms(const std::vector<Rdm>& layers, const std::vector<Rdm>& subjects,
                            const Comparison& comparison) {
  const StimulusSample all = StimulusSample::All(subjects[0].stimuli);
  const std::vector<ComparableRdm> theirs = MakeComparable(subjects, comparison.comparator);
  const SubjectsInSample sample(theirs, all, comparison);
  Eigen::MatrixXd out(static_cast<Eigen::Index>(layers.size()),
                      static_cast<Eigen::Index>(subjects.size()));
  ParallelFor(layers.size(), 0, [&](std::size_t l) {
    out.row(static_cast<Eigen::Index>(l)) =
        sample.Compare(ComparableRdm(layers[l], comparison.comparator));
  });
  return out;
}

RsaNumbers::RsaNumbers(const std::vector<Rdm>& layers, const std::vector<Rdm>& subjects,
                       const Comparison& comparison, const std::optional<RsaChoice>& choice)
    : comparison_(comparison),
      choice_(choice),
      layers_(MakeComparable(layers, comparison.comparator)),
      subjects_(MakeComparable(subjects, comparison.comparator)) {
  if (choice) mixtures_ = MakeComparable(choice->mixtures, comparison.comparator);
}

Eigen::Index RsaNumbers::size() const { return lower() + (subjects_.size() > 1 ? 2 : 0); }

OfSubjects RsaNumbers::operator()(const Eigen::VectorXd& stimulus_counts) const {
  const auto sampled = std::make_shared<const Sampled>(stimulus_counts, subjects_, comparison_);
  Eigen::MatrixXd scores(lower(), static_cast<Eigen::Index>(subjects_.size()));
  for (Eigen::Index l = 0; l < headline(); ++l) {
    scores.row(l) = sampled->subjects.Compare(layers_[static_cast<std::size_t>(l)]);
  }
  if (choice_) {
    scores.row(headline()) = HeldOutScores(*choice_, mixtures_.empty() ? layers_ : mixtures_,
                                           subjects_, comparison_, stimulus_counts);
  }
  return [this, sampled, scores](const Eigen::VectorXd& subject_counts) {
    Eigen::VectorXd numbers(size());
    for (Eigen::Index i = 0; i < scores.rows(); ++i) {
      numbers(i) = WeightedMean(scores.row(i), subject_counts);
    }
    if (subjects_.size() > 1) {
      const CeilingBounds bounds = BoundsInSample(sampled->subjects, subject_counts);
      numbers.tail(2) << bounds.lower, bounds.upper;
    }
    return numbers;
  };
}

}  // namespace ventral
