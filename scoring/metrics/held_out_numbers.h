// Held-out scores in any sample of stimuli and subjects.
#ifndef VENTRAL_SCORING_METRICS_HELD_OUT_NUMBERS_H_
#define VENTRAL_SCORING_METRICS_HELD_OUT_NUMBERS_H_

#include <Eigen/Core>
#include <memory>
#include <vector>

#include "scoring/metrics/held_out_score.h"

namespace ventral {

// The statistic (OfStimuli) whose numbers are, in order: each layer's mean over subjects of the
// mean over folds; the headline, where layers were chosen; the ceiling's lower and upper bound,
// where there is one. A fold in which a score is not defined is left out of its mean; NaN where
// none is left.
class HeldOutNumbers {
 public:
  using Fits = std::vector<std::unique_ptr<const HeldOutFit>>;  // [fold]

  // `chosen` [fold]: a place among `layers`; empty where none is chosen. References outlive it.
  HeldOutNumbers(const std::vector<Fold>& folds, std::vector<const Fits*> layers,
                 std::vector<std::size_t> chosen, int subjects, const HeldOutModel& model);

  Eigen::Index headline() const { return static_cast<Eigen::Index>(layers_.size()); }
  Eigen::Index lower() const { return headline() + (chosen_.empty() ? 0 : 1); }
  Eigen::Index size() const { return lower() + (bounds_.empty() ? 0 : 2); }

  OfSubjects operator()(const Eigen::VectorXd& stimulus_counts) const;

 private:
  CeilingBounds MeanBounds(const Eigen::VectorXd& stimulus_counts,
                           const Eigen::VectorXd& subject_counts) const;

  const std::vector<Fold>& folds_;
  std::vector<const Fits*> layers_;
  std::vector<std::size_t> chosen_;
  int subjects_;
  std::vector<std::unique_ptr<const HeldOutBounds>> bounds_;  // [fold], or none
};

// [subject]: the mean over folds. `stimulus_counts` [stimulus]; empty: each once.
Eigen::VectorXd MeanOverFolds(const HeldOutNumbers::Fits& fits, const std::vector<Fold>& folds,
                              const Eigen::VectorXd& stimulus_counts);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_HELD_OUT_NUMBERS_H_
