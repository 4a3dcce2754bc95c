#include "scoring/metrics/pooled_score.h"

#include <cmath>

#include "scoring/metrics/encoding_scores.h"

namespace ventral {
namespace {

double MeanOfFinite(const std::vector<double>& values) {
  double sum = 0, count = 0;
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    sum += value;
    count += 1;
  }
  return sum / count;
}

}  // namespace

double Pool::Score(const Eigen::MatrixXd& r) const {
  if (!all_neuroids) return MeanOfFinite(SubjectScores(r));
  std::vector<int> all;
  for (const std::vector<int>& subject : subjects) {
    all.insert(all.end(), subject.begin(), subject.end());
  }
  return MedianThenMean(r(all, Eigen::all));
}

std::vector<double> Pool::SubjectScores(const Eigen::MatrixXd& r) const {
  std::vector<double> scores;
  for (const std::vector<int>& subject : subjects) {
    scores.push_back(MedianThenMean(r(subject, Eigen::all)));
  }
  return scores;
}

}  // namespace ventral
