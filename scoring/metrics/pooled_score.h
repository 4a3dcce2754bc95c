// From correlations to one number a layer, over the neuroids of one or several subjects.
#ifndef VENTRAL_SCORING_METRICS_POOLED_SCORE_H_
#define VENTRAL_SCORING_METRICS_POOLED_SCORE_H_

#include <Eigen/Core>
#include <vector>

namespace ventral {

// Neuroids, as rows of a matrix, by subject.
struct Pool {
  std::vector<std::vector<int>> subjects;
  bool all_neuroids = false;  // one median over the neuroids of all subjects

  // `r` [neuroid × fold] → the mean over folds of the median over each subject's neuroids, and the
  // mean of these over subjects; or of the one median. NaN is left out; NaN where nothing is left.
  double Score(const Eigen::MatrixXd& r) const;
  // Each subject's alone.
  std::vector<double> SubjectScores(const Eigen::MatrixXd& r) const;
};

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_POOLED_SCORE_H_
