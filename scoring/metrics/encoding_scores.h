// From predictions to one number a layer.
#ifndef VENTRAL_SCORING_METRICS_ENCODING_SCORES_H_
#define VENTRAL_SCORING_METRICS_ENCODING_SCORES_H_

#include <Eigen/Core>
#include <vector>

namespace ventral {

// Pearson r of each column of `predicted` with that of `recorded` [stimulus × neuroid]; NaN where
// one is constant.
Eigen::VectorXd ColumnCorrelations(const Eigen::MatrixXd& predicted,
                                   const Eigen::MatrixXd& recorded);

// `r` [neuroid × fold] → mean over folds of the median over neuroids, NaN left out.
double MedianThenMean(const Eigen::MatrixXd& r);

// Mean over folds of each neuroid, NaN left out [neuroid]; 0 where all are NaN (a prediction that
// never varies predicts nothing).
std::vector<double> NeuroidMeans(const Eigen::MatrixXd& r);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_ENCODING_SCORES_H_
