// What RSA resamples.
#ifndef VENTRAL_SCORING_METRICS_RSA_BOOTSTRAP_H_
#define VENTRAL_SCORING_METRICS_RSA_BOOTSTRAP_H_

#include <Eigen/Core>
#include <optional>
#include <vector>

#include "scoring/base/rdm.h"
#include "scoring/metrics/rdm_comparison.h"
#include "scoring/metrics/resampled.h"
#include "scoring/metrics/rsa_choice.h"

namespace ventral {

// Comparisons of each layer's RDM with each subject's: [layer × subject].
Eigen::MatrixXd CompareRdms(const std::vector<Rdm>& layers, const std::vector<Rdm>& subjects,
                            const Comparison& comparison);

// The statistic (OfStimuli) whose numbers are, in order: each layer's mean over subjects of the
// comparison; the headline, where a choice is given; the ceiling's lower and upper bound, where
// there are two subjects or more. Pairs of a stimulus with its own copy are left out, as rsatoolbox
// does: a resampled RDM is the old one with pair (a, b) standing c_a·c_b times, so ranks and
// correlations are weighted and nothing is sorted again; a test compares this with drawing and
// ranking plainly. NaN where a sample leaves no variance. Requires no comparison.noise.
class RsaNumbers {
 public:
  // References outlive it.
  RsaNumbers(const std::vector<Rdm>& layers, const std::vector<Rdm>& subjects,
             const Comparison& comparison, const std::optional<RsaChoice>& choice);
  Eigen::Index size() const;
  Eigen::Index headline() const { return static_cast<Eigen::Index>(layers_.size()); }
  Eigen::Index lower() const { return headline() + (choice_ ? 1 : 0); }

  OfSubjects operator()(const Eigen::VectorXd& stimulus_counts) const;

 private:
  Comparison comparison_;
  const std::optional<RsaChoice>& choice_;
  std::vector<ComparableRdm> layers_, subjects_, mixtures_;
};

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_RSA_BOOTSTRAP_H_
