#include "scoring/metrics/stimulus_sample.h"

namespace ventral {

StimulusSample::StimulusSample(const Eigen::VectorXd& counts) {
  const Eigen::Index n = counts.size();
  std::vector<Eigen::Index> there;
  for (Eigen::Index i = 0; i < n; ++i) {
    if (counts(i) > 0) there.push_back(i);
  }
  const auto m = static_cast<Eigen::Index>(there.size());
  counts_.resize(m);
  for (Eigen::Index a = 0; a < m; ++a) counts_(a) = counts(there[static_cast<std::size_t>(a)]);
  weights_.resize(m * (m - 1) / 2);
  pairs_.reserve(static_cast<std::size_t>(weights_.size()));
  places_.assign(static_cast<std::size_t>(n * (n - 1) / 2), -1);
  for (Eigen::Index a = 0; a < m; ++a) {
    const Eigen::Index i = there[static_cast<std::size_t>(a)];
    const Eigen::Index row = i * n - i * (i + 1) / 2 - i - 1;  // + j is the place of (i, j)
    for (Eigen::Index b = a + 1; b < m; ++b) {
      const Eigen::Index place = row + there[static_cast<std::size_t>(b)];
      weights_(static_cast<Eigen::Index>(pairs_.size())) = counts_(a) * counts_(b);
      places_[static_cast<std::size_t>(place)] = static_cast<int>(pairs_.size());
      pairs_.push_back(static_cast<int>(place));
    }
  }
  total_ = weights_.sum();
}

Eigen::VectorXd StimulusSample::Take(const Eigen::VectorXd& upper) const {
  Eigen::VectorXd taken(weights_.size());
  for (Eigen::Index k = 0; k < taken.size(); ++k) {
    taken(k) = upper(pairs_[static_cast<std::size_t>(k)]);
  }
  return taken;
}

}  // namespace ventral
