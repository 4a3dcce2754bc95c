#include "scoring/metrics/encoding_scores.h"

#include <cmath>
#include <limits>

#include "scoring/metrics/median.h"

namespace ventral {

Eigen::VectorXd ColumnCorrelations(const Eigen::MatrixXd& predicted,
                                   const Eigen::MatrixXd& recorded) {
  Eigen::VectorXd r(predicted.cols());
  for (Eigen::Index c = 0; c < predicted.cols(); ++c) {
    const Eigen::ArrayXd a = predicted.col(c).array() - predicted.col(c).mean();
    const Eigen::ArrayXd b = recorded.col(c).array() - recorded.col(c).mean();
    const double norm = std::sqrt(a.square().sum() * b.square().sum());
    r(c) = norm > 0 ? (a * b).sum() / norm : std::numeric_limits<double>::quiet_NaN();
  }
  return r;
}

double MedianThenMean(const Eigen::MatrixXd& r) {
  double sum = 0, count = 0;
  for (Eigen::Index fold = 0; fold < r.cols(); ++fold) {
    const double median = Median({r.col(fold).data(), r.col(fold).data() + r.rows()});
    if (!std::isfinite(median)) continue;
    sum += median;
    count += 1;
  }
  return sum / count;
}

std::vector<double> NeuroidMeans(const Eigen::MatrixXd& r) {
  std::vector<double> means;
  for (Eigen::Index neuroid = 0; neuroid < r.rows(); ++neuroid) {
    double sum = 0, count = 0;
    for (Eigen::Index fold = 0; fold < r.cols(); ++fold) {
      if (!std::isfinite(r(neuroid, fold))) continue;
      sum += r(neuroid, fold);
      count += 1;
    }
    means.push_back(count > 0 ? sum / count : 0);
  }
  return means;
}

}  // namespace ventral
