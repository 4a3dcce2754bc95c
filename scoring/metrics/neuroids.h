// Which neuroids are scored, and how well they could be predicted.
#ifndef VENTRAL_SCORING_METRICS_NEUROIDS_H_
#define VENTRAL_SCORING_METRICS_NEUROIDS_H_

#include <Eigen/Core>
#include <optional>

#include "scoring/base/result.h"
#include "scoring/base/score_report.h"
#include "scoring/metrics/metric.h"
#include "scoring/metrics/pooled_score.h"

namespace ventral {

struct Neuroids {
  Eigen::MatrixXd responses;       // [stimulus × neuroid kept], subject after subject
  Pool pool;                       // the columns of each subject; none is empty
  std::int64_t left_out = 0;       // neuroids without variance, or below the stated reliability
  std::int64_t subjects = 1;       // recorded
  Eigen::VectorXd reach;           // √reliability [neuroid kept]; empty without trials
  std::optional<Ceiling> ceiling;  // `reach` pooled as scores are; absent without trials
};

// The recording is [stimulus × neuroid] or [subject × stimulus × neuroid]; its trials have a repeat
// axis before the stimuli. Subjects of fewer neuroids are filled up with constants, which are left
// out. A subject of whom no neuroid is kept is not in the pool.
// @error invalid_input if the axes are others, the trials do not fit, or no neuroid is left (says
//   why).
Result<Neuroids> SelectNeuroids(const Question& question, int ceiling_splits,
                                double min_reliability, bool pool_neuroids);

// What a score says that is the same for every layer: question, counts, and a note of subjects that
// are left out.
BenchmarkScore FrameOf(const Question& question, const Neuroids& neuroids);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_NEUROIDS_H_
