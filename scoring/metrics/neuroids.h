// Which neuroids are scored, and how well they could be predicted.
#ifndef VENTRAL_SCORING_METRICS_NEUROIDS_H_
#define VENTRAL_SCORING_METRICS_NEUROIDS_H_

#include <Eigen/Core>
#include <optional>

#include "scoring/base/result.h"
#include "scoring/base/score_report.h"
#include "scoring/metrics/metric.h"

namespace ventral {

struct Neuroids {
  Eigen::MatrixXd responses;       // [stimulus × neuroid kept]
  std::int64_t left_out = 0;       // without variance, or below the stated reliability
  std::optional<Ceiling> ceiling;  // median over the kept of √reliability; absent without trials
};

// @error invalid_input if the recording is not [stimulus × neuroid], the trials do not fit it, or
// no neuroid is left
//   (says why).
Result<Neuroids> SelectNeuroids(const Question& question, int ceiling_splits,
                                double min_reliability);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_NEUROIDS_H_
