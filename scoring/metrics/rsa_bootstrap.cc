#include "scoring/metrics/rsa_bootstrap.h"

#include "scoring/metrics/bootstrap.h"
#include "scoring/metrics/parallel.h"

namespace ventral {

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

Eigen::MatrixXd BootstrapRdms(const std::vector<Rdm>& layers, const std::vector<Rdm>& subjects,
                              const Comparison& comparison, Seed seed, int resamples,
                              unsigned threads) {
  const std::vector<ComparableRdm> ours = MakeComparable(layers, comparison.comparator);
  const std::vector<ComparableRdm> theirs = MakeComparable(subjects, comparison.comparator);
  const int stimuli = static_cast<int>(subjects[0].stimuli);
  Eigen::MatrixXd out(static_cast<Eigen::Index>(layers.size()), resamples);
  ParallelFor(static_cast<std::size_t>(resamples), threads, [&](std::size_t number) {
    const StimulusSample sample(ResampleCounts(seed, number, stimuli));
    const SubjectsInSample in_sample(theirs, sample, comparison);
    for (std::size_t l = 0; l < ours.size(); ++l) {
      out(static_cast<Eigen::Index>(l), static_cast<Eigen::Index>(number)) =
          in_sample.Compare(ours[l]).mean();
    }
  });
  return out;
}

}  // namespace ventral
