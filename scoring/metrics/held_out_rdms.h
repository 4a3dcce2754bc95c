// RDMs of the stimuli that a fold holds out: recorded, and predicted.
#ifndef VENTRAL_SCORING_METRICS_HELD_OUT_RDMS_H_
#define VENTRAL_SCORING_METRICS_HELD_OUT_RDMS_H_

#include <vector>

#include "scoring/base/rdm.h"
#include "scoring/base/score_report.h"
#include "scoring/metrics/held_out_score.h"
#include "scoring/metrics/rdm_comparison.h"

namespace ventral {

// The distances among these stimuli alone.
Rdm Within(const Rdm& rdm, const std::vector<int>& stimuli);

class HeldOutRdms final : public HeldOutFit, public HeldOutBounds {
 public:
  // Of the fold's held-out stimuli: [subject], `predicted` perhaps none.
  HeldOutRdms(std::vector<ComparableRdm> recorded, std::vector<ComparableRdm> predicted,
              const Comparison& comparison);

  // The comparison of each subject's prediction with its RDM.
  Eigen::VectorXd Scores(const Eigen::VectorXd& counts) const override;
  CeilingBounds Bounds(const Eigen::VectorXd& counts,
                       const Eigen::VectorXd& subject_counts) const override;

 private:
  std::vector<ComparableRdm> recorded_, predicted_;  // [subject]
  Comparison comparison_;
};

// Of two subjects or more, a ceiling whose bounds are HeldOutRdms'; else a note. `score` has its
// subjects.
void ExpectCeiling(RdmComparator comparator, BenchmarkScore& score);

// @error invalid_input names the metric, where a fold holds out fewer stimuli than the four that an
//   RDM is compared on.
Status CheckHeldOutRdms(const Question& question, const std::vector<Fold>& folds);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_HELD_OUT_RDMS_H_
