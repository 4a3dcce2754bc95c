#include "scoring/metrics/rsa_choice.h"

#include <cmath>
#include <limits>
#include <map>

#include "scoring/base/parallel.h"
#include "scoring/metrics/rdm_mixture.h"

namespace ventral {
namespace {

constexpr int kLeastToSplit = 8;  // a held-out RDM is of four at least

int FoldsFor(int stimuli) { return stimuli < 12 ? 2 : stimuli < 24 ? 3 : stimuli < 40 ? 4 : 5; }

// Counts of these rows alone.
Eigen::VectorXd Only(const std::vector<int>& rows, const Eigen::VectorXd& counts) {
  Eigen::VectorXd only = Eigen::VectorXd::Zero(counts.size());
  for (const int row : rows) only(row) = counts(row);
  return only;
}

// The row of the highest mean over the other columns (of one column: over it); the first of equals.
// A row with a NaN is not taken, unless all have one.
std::size_t BestForOthers(const Eigen::MatrixXd& scores, Eigen::Index subject) {
  const double others = static_cast<double>(scores.cols() - 1);
  std::size_t best = 0;
  double highest = -std::numeric_limits<double>::infinity();
  for (Eigen::Index l = 0; l < scores.rows(); ++l) {
    double sum = 0;
    for (Eigen::Index s = 0; s < scores.cols(); ++s) {
      if (s != subject || others == 0) sum += scores(l, s);
    }
    if (sum > highest) {
      highest = sum;
      best = static_cast<std::size_t>(l);
    }
  }
  return best;
}

}  // namespace

std::optional<RsaChoice> ChooseRsaLayers(const std::vector<Rdm>& layers,
                                         const std::vector<Rdm>& subjects,
                                         const Comparison& comparison, Seed seed) {
  const auto stimuli = static_cast<int>(subjects[0].stimuli);
  if (stimuli < kLeastToSplit) return std::nullopt;
  const std::vector<ComparableRdm> ours = MakeComparable(layers, comparison.comparator);
  const std::vector<ComparableRdm> theirs = MakeComparable(subjects, comparison.comparator);
  const auto count = static_cast<Eigen::Index>(subjects.size());
  RsaChoice choice{ShuffledFolds(stimuli, FoldsFor(stimuli), seed), {}, {}, {}};
  for (const Fold& fold : choice.folds) {
    const StimulusSample training = StimulusSample::Of(fold.train, stimuli);
    const SubjectsInSample sample(theirs, training, comparison);
    Eigen::MatrixXd scores(static_cast<Eigen::Index>(layers.size()), count);
    ParallelFor(layers.size(), 0, [&](std::size_t l) {
      scores.row(static_cast<Eigen::Index>(l)) = sample.Compare(ours[l]);
    });
    std::vector<std::size_t>& chosen = choice.layer.emplace_back();
    for (Eigen::Index s = 0; s < count; ++s) chosen.push_back(BestForOthers(scores, s));
  }
  return choice;
}

std::optional<RsaChoice> WeighRsaLayers(const std::vector<Rdm>& layers,
                                        const std::vector<Rdm>& subjects,
                                        const Comparison& comparison, Seed seed) {
  const auto stimuli = static_cast<int>(subjects[0].stimuli);
  if (stimuli < kLeastToSplit) return std::nullopt;
  const std::vector<ComparableRdm> theirs = MakeComparable(subjects, comparison.comparator);
  RsaChoice choice{ShuffledFolds(stimuli, FoldsFor(stimuli), seed),
                   {},
                   {},
                   Eigen::VectorXd::Zero(static_cast<Eigen::Index>(layers.size()))};
  for (const Fold& fold : choice.folds) {
    const StimulusSample training = StimulusSample::Of(fold.train, stimuli);
    std::vector<std::size_t>& chosen = choice.layer.emplace_back();
    for (Mixture& mixture : MixRdms(layers, theirs, training, comparison)) {
      chosen.push_back(choice.mixtures.size());
      choice.mixtures.push_back(std::move(mixture.rdm));
      choice.shares += mixture.shares;
    }
  }
  choice.shares /= static_cast<double>(choice.mixtures.size());
  return choice;
}

Eigen::RowVectorXd HeldOutScores(const RsaChoice& choice,
                                 const std::vector<ComparableRdm>& candidates,
                                 const std::vector<ComparableRdm>& subjects,
                                 const Comparison& comparison,
                                 const Eigen::VectorXd& stimulus_counts) {
  const auto count = static_cast<Eigen::Index>(subjects.size());
  Eigen::RowVectorXd sums = Eigen::RowVectorXd::Zero(count), folds = sums;
  for (std::size_t f = 0; f < choice.folds.size(); ++f) {
    const StimulusSample held_out(Only(choice.folds[f].test, stimulus_counts));
    const SubjectsInSample sample(subjects, held_out, comparison);
    std::map<std::size_t, Eigen::VectorXd> scores;  // of those that were chosen for someone
    for (Eigen::Index s = 0; s < count; ++s) {
      const std::size_t layer = choice.layer[f][static_cast<std::size_t>(s)];
      const auto found = scores.try_emplace(layer);
      if (found.second) found.first->second = sample.Compare(candidates[layer]);
      const double score = found.first->second(s);
      if (!std::isfinite(score)) continue;
      sums(s) += score;
      folds(s) += 1;
    }
  }
  return sums.array() / folds.array();
}

}  // namespace ventral
