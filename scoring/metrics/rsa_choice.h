// A layer for RSA, or a mixture of all, found on stimuli and subjects that it is not scored on.
#ifndef VENTRAL_SCORING_METRICS_RSA_CHOICE_H_
#define VENTRAL_SCORING_METRICS_RSA_CHOICE_H_

#include <Eigen/Core>
#include <optional>
#include <vector>

#include "scoring/base/rdm.h"
#include "scoring/base/units.h"
#include "scoring/metrics/folds.h"
#include "scoring/metrics/rdm_comparison.h"

namespace ventral {

// Of each fold of the stimuli and each subject, what is to be compared with the subject within the
// fold's held-out stimuli.
struct RsaChoice {
  std::vector<Fold> folds;
  std::vector<std::vector<std::size_t>> layer;  // [fold][subject]; of mixtures, which of them
  // Where layers are mixed:
  std::vector<Rdm> mixtures;
  Eigen::VectorXd shares;  // [layer], mean over folds and subjects
};

// The layer that compares best, on average over the other subjects (of one subject: with this one),
// within the fold's training stimuli. 2 folds of fewer than 12 stimuli, 3 of fewer than 24, 4 of
// fewer than 40, or 5 (rsatoolbox's numbers for cross-validation over patterns). nullopt for fewer
// than 8 stimuli: a held-out RDM would be of fewer than 4.
std::optional<RsaChoice> ChooseRsaLayers(const std::vector<Rdm>& layers,
                                         const std::vector<Rdm>& subjects,
                                         const Comparison& comparison, Seed seed);

// The mixture of all layers (rdm_mixture.h) for the other subjects within the fold's training
// stimuli. Folds as above.
std::optional<RsaChoice> WeighRsaLayers(const std::vector<Rdm>& layers,
                                        const std::vector<Rdm>& subjects,
                                        const Comparison& comparison, Seed seed);

// The mean over folds of the comparison of the layer chosen for a subject with the subject, within
// the fold's held-out stimuli, each standing as often as it says: [subject]. A fold in which a
// comparison is not defined is left out of the mean; NaN where none is left. `candidates` are the
// layers, or the mixtures.
Eigen::RowVectorXd HeldOutScores(const RsaChoice& choice,
                                 const std::vector<ComparableRdm>& candidates,
                                 const std::vector<ComparableRdm>& subjects,
                                 const Comparison& comparison,
                                 const Eigen::VectorXd& stimulus_counts);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_RSA_CHOICE_H_
