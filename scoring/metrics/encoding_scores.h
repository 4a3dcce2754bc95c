// From predictions to one number a layer.
#ifndef VENTRAL_SCORING_METRICS_ENCODING_SCORES_H_
#define VENTRAL_SCORING_METRICS_ENCODING_SCORES_H_

#include <Eigen/Core>
#include <optional>
#include <vector>

#include "scoring/base/score_report.h"
#include "scoring/base/units.h"

namespace ventral {

// Pearson r of each column of `predicted` with that of `recorded` [stimulus × neuroid]; NaN where
// one is constant.
Eigen::VectorXd ColumnCorrelations(const Eigen::MatrixXd& predicted,
                                   const Eigen::MatrixXd& recorded);

// `r` [neuroid × fold] → mean over folds of the median over neuroids, NaN left out.
double MedianThenMean(const Eigen::MatrixXd& r);

// MedianThenMean on resamples of the neuroids, the same ones for every layer; nullopt for 0
// resamples.
std::optional<Interval> NeuroidInterval(const Eigen::MatrixXd& r, Seed seed, int resamples);

// Mean over folds of each neuroid, NaN left out [neuroid]; 0 where all are NaN (a prediction that
// never varies predicts nothing).
std::vector<double> NeuroidMeans(const Eigen::MatrixXd& r);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_ENCODING_SCORES_H_
