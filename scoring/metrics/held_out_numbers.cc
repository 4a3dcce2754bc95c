#include "scoring/metrics/held_out_numbers.h"

#include <cmath>

namespace ventral {
namespace {

Eigen::VectorXd CountsOf(const Fold& fold, const Eigen::VectorXd& stimulus_counts) {
  if (stimulus_counts.size() > 0) return stimulus_counts(fold.test);
  return Eigen::VectorXd::Ones(static_cast<Eigen::Index>(fold.test.size()));
}

// Element by element, the mean of what is not NaN.
class Mean {
 public:
  void Add(const Eigen::VectorXd& values) {
    if (sums_.size() == 0) sums_ = counts_ = Eigen::VectorXd::Zero(values.size());
    for (Eigen::Index i = 0; i < values.size(); ++i) {
      if (!std::isfinite(values(i))) continue;
      sums_(i) += values(i);
      counts_(i) += 1;
    }
  }
  Eigen::VectorXd Value() const { return sums_.array() / counts_.array(); }

 private:
  Eigen::VectorXd sums_, counts_;
};

}  // namespace

Eigen::VectorXd MeanOverFolds(const HeldOutNumbers::Fits& fits, const std::vector<Fold>& folds,
                              const Eigen::VectorXd& stimulus_counts) {
  Mean mean;
  for (std::size_t f = 0; f < folds.size(); ++f) {
    mean.Add(fits[f]->Scores(CountsOf(folds[f], stimulus_counts)));
  }
  return mean.Value();
}

HeldOutNumbers::HeldOutNumbers(const std::vector<Fold>& folds, std::vector<const Fits*> layers,
                               std::vector<std::size_t> chosen, int subjects,
                               const HeldOutModel& model)
    : folds_(folds), layers_(std::move(layers)), chosen_(std::move(chosen)), subjects_(subjects) {
  for (const Fold& fold : folds) {
    auto bounds = model.Ceiling(fold);
    if (bounds) bounds_.push_back(std::move(bounds));
  }
}

CeilingBounds HeldOutNumbers::MeanBounds(const Eigen::VectorXd& stimulus_counts,
                                         const Eigen::VectorXd& subject_counts) const {
  Mean mean;
  for (std::size_t f = 0; f < folds_.size(); ++f) {
    const CeilingBounds bounds =
        bounds_[f]->Bounds(CountsOf(folds_[f], stimulus_counts), subject_counts);
    mean.Add(Eigen::Vector2d(bounds.lower, bounds.upper));
  }
  return {mean.Value()(0), mean.Value()(1)};
}

OfSubjects HeldOutNumbers::operator()(const Eigen::VectorXd& stimulus_counts) const {
  Eigen::MatrixXd scores(lower(), subjects_);
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    scores.row(static_cast<Eigen::Index>(l)) = MeanOverFolds(*layers_[l], folds_, stimulus_counts);
  }
  if (!chosen_.empty()) {
    Mean mean;
    for (std::size_t f = 0; f < folds_.size(); ++f) {
      mean.Add((*layers_[chosen_[f]])[f]->Scores(CountsOf(folds_[f], stimulus_counts)));
    }
    scores.row(headline()) = mean.Value();
  }
  return [this, scores, stimulus_counts](const Eigen::VectorXd& subject_counts) {
    Eigen::VectorXd numbers(size());
    for (Eigen::Index i = 0; i < scores.rows(); ++i) {
      numbers(i) = WeightedMean(scores.row(i), subject_counts);
    }
    if (!bounds_.empty()) {
      const CeilingBounds bounds = MeanBounds(stimulus_counts, subject_counts);
      numbers.tail(2) << bounds.lower, bounds.upper;
    }
    return numbers;
  };
}

}  // namespace ventral
