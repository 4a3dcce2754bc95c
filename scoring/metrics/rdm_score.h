// Layers scored by comparing their RDMs with those of subjects.
#ifndef VENTRAL_SCORING_METRICS_RDM_SCORE_H_
#define VENTRAL_SCORING_METRICS_RDM_SCORE_H_

#include <span>
#include <string>
#include <vector>

#include "scoring/base/gram.h"
#include "scoring/base/rdm.h"
#include "scoring/base/result.h"
#include "scoring/base/score_report.h"
#include "scoring/metrics/metric.h"
#include "scoring/metrics/option_reader.h"
#include "scoring/metrics/rdm.h"
#include "scoring/metrics/rdm_comparison.h"
#include "scoring/metrics/resampled.h"

namespace ventral {

struct RdmOptions {
  RdmKind layer_rdm = RdmKind::kCorrelation;
  Comparison comparison{RdmComparator::kSpearman};
  std::string layer_choice;
  IntervalRule interval;
};

// Options layer_choice, interval_over (stimuli, subjects, both), interval, bootstrap.
Status ReadRdmOptions(OptionReader& reader, RdmOptions& read);

// @error invalid_input for fewer than 4 stimuli, or an interval over the subjects where there is
// one.
Status CheckRdms(const Question& question, const RdmOptions& options,
                 const std::vector<Rdm>& subjects);

// What is known of a score before it is made: counts, seed, names.
BenchmarkScore RdmFrameOf(const Question& question, const std::vector<Rdm>& subjects);

// The score of a layer is the mean over subjects of the comparison of its RDM with theirs; the
// ceiling is rsa_ceiling.h's. "cross_validated" and "weighted":
// rsa_choice.h. `unit` is what a score is called in
// the rule: "r" makes "r/ceiling_upper". Requires CheckRdms.
// @error invalid_input as ChooseLayer.
Result<BenchmarkScore> ScoreRdms(const Question& question, std::span<const Gram> layers,
                                 const std::vector<Rdm>& subjects, const RdmOptions& options,
                                 const std::string& unit);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_RDM_SCORE_H_
