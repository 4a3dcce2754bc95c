#include "scoring/metrics/rsa_bootstrap.h"

#include <limits>

#include "scoring/metrics/bootstrap.h"
#include "scoring/metrics/parallel.h"
#include "scoring/metrics/ranks.h"

namespace ventral {
namespace {

// One RDM, ready to be compared under any weights.
class Comparable {
 public:
  Comparable(const Rdm& rdm, RdmComparator comparator)
      : values_(rdm.upper), sorted_(rdm.upper), spearman_(comparator == RdmComparator::kSpearman) {}
  // Standardised ranks or values, all zero if constant.
  void Under(const Eigen::VectorXd& weights, Eigen::VectorXd& out) const {
    if (spearman_) {
      sorted_.WeightedRanks(weights, out);
    } else {
      out = values_;
    }
    Standardise(weights, out);
  }

  // Σ w·a·t of the standardised a and t = pairs' targets; NaN if this RDM is constant.
  double Project(const Eigen::VectorXd& weights, double total,
                 const std::vector<SortedValues::Pair>& pairs) const {
    if (spearman_) return sorted_.ProjectRanks(pairs, total);
    Eigen::VectorXd standard = values_;
    Standardise(weights, standard);
    if (standard.isZero(0)) return std::numeric_limits<double>::quiet_NaN();
    double sum = 0;
    for (Eigen::Index k = 0; k < standard.size(); ++k) {
      sum += standard(k) * pairs[static_cast<std::size_t>(k)].target;
    }
    return sum;
  }

 private:
  Eigen::VectorXd values_;
  SortedValues sorted_;
  bool spearman_;
};

std::vector<Comparable> MakeComparable(const std::vector<Rdm>& rdms, RdmComparator comparator) {
  std::vector<Comparable> all;
  for (const Rdm& rdm : rdms) all.emplace_back(rdm, comparator);
  return all;
}

Eigen::VectorXd PairWeights(const Eigen::VectorXd& counts) {
  const Eigen::Index n = counts.size();
  Eigen::VectorXd weights(n * (n - 1) / 2);
  Eigen::Index k = 0;
  for (Eigen::Index i = 0; i < n; ++i) {
    for (Eigen::Index j = i + 1; j < n; ++j) weights(k++) = counts(i) * counts(j);
  }
  return weights;
}

// The comparison is linear in each standardised subject: their mean is compared once. A subject
// that is constant in this resample has no comparison: NaN.
std::vector<SortedValues::Pair> WeightedMean(const std::vector<Comparable>& subjects,
                                             const Eigen::VectorXd& weights) {
  Eigen::VectorXd mean = Eigen::VectorXd::Zero(weights.size()), one;
  for (const Comparable& subject : subjects) {
    subject.Under(weights, one);
    if (one.isZero(0)) one.setConstant(std::numeric_limits<double>::quiet_NaN());
    mean += one;
  }
  mean /= static_cast<double>(subjects.size());
  std::vector<SortedValues::Pair> pairs(static_cast<std::size_t>(weights.size()));
  for (std::size_t k = 0; k < pairs.size(); ++k) {
    const double weight = weights(static_cast<Eigen::Index>(k));
    pairs[k] = {weight, weight * mean(static_cast<Eigen::Index>(k))};
  }
  return pairs;
}

}  // namespace

Eigen::MatrixXd CompareRdms(const std::vector<Rdm>& layers, const std::vector<Rdm>& subjects,
                            RdmComparator comparator) {
  const Eigen::VectorXd ones = Eigen::VectorXd::Ones(subjects[0].upper.size());
  std::vector<Eigen::VectorXd> theirs(subjects.size());
  for (std::size_t s = 0; s < subjects.size(); ++s)
    Comparable(subjects[s], comparator).Under(ones, theirs[s]);
  Eigen::MatrixXd out(static_cast<Eigen::Index>(layers.size()),
                      static_cast<Eigen::Index>(subjects.size()));
  for (Eigen::Index l = 0; l < out.rows(); ++l) {
    Eigen::VectorXd ours;
    Comparable(layers[static_cast<std::size_t>(l)], comparator).Under(ones, ours);
    for (Eigen::Index s = 0; s < out.cols(); ++s)
      out(l, s) = ours.dot(theirs[static_cast<std::size_t>(s)]);
  }
  return out;
}

Eigen::MatrixXd BootstrapRdms(const std::vector<Rdm>& layers, const std::vector<Rdm>& subjects,
                              RdmComparator comparator, Seed seed, int resamples,
                              unsigned threads) {
  const std::vector<Comparable> ours = MakeComparable(layers, comparator);
  const std::vector<Comparable> theirs = MakeComparable(subjects, comparator);
  const int stimuli = static_cast<int>(subjects[0].stimuli);
  Eigen::MatrixXd out(static_cast<Eigen::Index>(layers.size()), resamples);
  ParallelFor(static_cast<std::size_t>(resamples), threads, [&](std::size_t number) {
    const Eigen::VectorXd weights = PairWeights(ResampleCounts(seed, number, stimuli));
    const double total = weights.sum();
    const std::vector<SortedValues::Pair> pairs = WeightedMean(theirs, weights);
    for (std::size_t l = 0; l < ours.size(); ++l) {
      out(static_cast<Eigen::Index>(l), static_cast<Eigen::Index>(number)) =
          ours[l].Project(weights, total, pairs);
    }
  });
  return out;
}

}  // namespace ventral
