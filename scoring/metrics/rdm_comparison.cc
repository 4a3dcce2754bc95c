#include "scoring/metrics/rdm_comparison.h"

#include <cmath>
#include <limits>

#include "scoring/metrics/kendall.h"

namespace ventral {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
// What is left of the squares after centring, when it is nothing but rounding.
constexpr double kConstantShare = 1e-24;

double Kendall(const OrderedItems& a, const OrderedItems& b, const Eigen::VectorXd& weights,
               RdmComparator comparator) {
  return comparator == RdmComparator::kTauA ? KendallTauA(a, b, weights)
                                            : KendallTauB(a, b, weights);
}

Eigen::VectorXd Whiten(const Eigen::VectorXd& x, const StimulusSample& sample,
                       const Comparison& comparison) {
  if (!IsWhitened(comparison.comparator)) return x;
  return comparison.noise != nullptr ? (*comparison.noise)(x) : WhitenCounted(x, sample.counts());
}

}  // namespace

ComparableRdm::ComparableRdm(const Rdm& rdm, RdmComparator comparator) : values_(rdm.upper) {
  if (IsRanked(comparator)) items_ = OrderItems(rdm.upper);
}

std::vector<ComparableRdm> MakeComparable(const std::vector<Rdm>& rdms, RdmComparator comparator) {
  std::vector<ComparableRdm> all;
  all.reserve(rdms.size());
  for (const Rdm& rdm : rdms) all.emplace_back(rdm, comparator);
  return all;
}

Embedded Embed(Eigen::VectorXd x, const StimulusSample& sample, const Comparison& comparison) {
  const Eigen::VectorXd& weights = sample.weights();
  const double squares = (weights.array() * x.array().square()).sum();
  const bool centred = comparison.comparator != RdmComparator::kCosine &&
                       comparison.comparator != RdmComparator::kWhitenedCosine;
  if (centred) x.array() -= weights.dot(x) / sample.total();
  if (comparison.comparator == RdmComparator::kRhoA) {  // scaled by the pairs, not by its norm
    const double n = sample.total();
    x *= std::sqrt(12 / (n * n * n - n));
    return {x, weights.cwiseProduct(x)};
  }
  if (!((weights.array() * x.array().square()).sum() > kConstantShare * squares)) return {};
  Eigen::VectorXd white = weights.cwiseProduct(Whiten(x, sample, comparison));
  const double norm = std::sqrt(x.dot(white));
  if (!(norm > 0)) return {};
  return {x / norm, white / norm};
}

SubjectsInSample::SubjectsInSample(const std::vector<ComparableRdm>& subjects,
                                   const StimulusSample& sample, const Comparison& comparison)
    : sample_(sample), comparison_(comparison) {
  const bool ranked = IsRanked(comparison.comparator);
  for (const ComparableRdm& subject : subjects) {
    ordered_.push_back(ranked ? subject.Ordered(sample) : OrderedItems{});
    if (ranked) ranks_.push_back(WeightedRanks(ordered_.back(), sample.weights()));
    if (IsKendall(comparison.comparator)) continue;
    embedded_.push_back(Embed(ranked ? ranks_.back() : subject.Values(sample), sample, comparison));
  }
  if (ranked) return;
  inner_.resize(count(), count());
  for (Eigen::Index s = 0; s < count(); ++s) {
    inner_.col(s) = ToEmbedded(embedded_[static_cast<std::size_t>(s)].plain);
  }
}

Eigen::VectorXd SubjectsInSample::ToEmbedded(const Eigen::VectorXd& plain) const {
  Eigen::VectorXd out(count());
  for (Eigen::Index s = 0; s < count(); ++s) {
    const Eigen::VectorXd& white = embedded_[static_cast<std::size_t>(s)].white;
    out(s) = plain.size() == 0 || white.size() == 0 ? kNaN : plain.dot(white);
  }
  return out;
}

Eigen::VectorXd SubjectsInSample::ToOrdered(const OrderedItems& items) const {
  Eigen::VectorXd out(count());
  for (Eigen::Index s = 0; s < count(); ++s) {
    out(s) = Kendall(items, ordered_[static_cast<std::size_t>(s)], sample_.weights(),
                     comparison_.comparator);
  }
  return out;
}

Eigen::VectorXd SubjectsInSample::Compare(const ComparableRdm& layer) const {
  if (sample_.pairs().empty()) return Eigen::VectorXd::Constant(count(), kNaN);
  if (!IsRanked(comparison_.comparator)) {
    return ToEmbedded(Embed(layer.Values(sample_), sample_, comparison_).plain);
  }
  const OrderedItems items = layer.Ordered(sample_);
  if (IsKendall(comparison_.comparator)) return ToOrdered(items);
  return ToEmbedded(Embed(WeightedRanks(items, sample_.weights()), sample_, comparison_).plain);
}

// With the pool ranked anew, as a model's RDM is.
double SubjectsInSample::ToRankPool(Eigen::Index subject, const Eigen::VectorXd& pool) const {
  const auto s = static_cast<std::size_t>(subject);
  const OrderedItems items = OrderItems(pool);
  if (IsKendall(comparison_.comparator)) {
    return Kendall(items, ordered_[s], sample_.weights(), comparison_.comparator);
  }
  const Embedded pooled = Embed(WeightedRanks(items, sample_.weights()), sample_, comparison_);
  if (pooled.plain.size() == 0 || embedded_[s].white.size() == 0) return kNaN;
  return pooled.plain.dot(embedded_[s].white);
}

// The pool Σ m_t·a_t is never made: its comparison with a_s is Σ m_t·(a_s, a_t) / |pool|.
double SubjectsInSample::ToLinearPool(Eigen::Index subject, const Eigen::VectorXd& counts) const {
  const double squares = counts.dot(inner_ * counts);
  return squares > kConstantShare ? inner_.col(subject).dot(counts) / std::sqrt(squares) : kNaN;
}

SubjectsInSample::Bounds SubjectsInSample::ToPooled(const Eigen::VectorXd& counts) const {
  Bounds bounds{Eigen::VectorXd::Constant(count(), kNaN), Eigen::VectorXd::Constant(count(), kNaN)};
  if (sample_.pairs().empty()) return bounds;
  const bool ranked = IsRanked(comparison_.comparator);
  Eigen::VectorXd pool = Eigen::VectorXd::Zero(ranked ? sample_.weights().size() : 0);
  for (Eigen::Index s = 0; ranked && s < count(); ++s) {
    if (counts(s) > 0) pool += counts(s) * ranks_[static_cast<std::size_t>(s)];
  }
  for (Eigen::Index s = 0; s < count(); ++s) {
    if (!(counts(s) > 0)) continue;
    Eigen::VectorXd others = counts;
    others(s) = 0;
    bounds.upper(s) = ranked ? ToRankPool(s, pool) : ToLinearPool(s, counts);
    if (others.isZero(0)) continue;
    bounds.lower(s) = ranked ? ToRankPool(s, pool - counts(s) * ranks_[static_cast<std::size_t>(s)])
                             : ToLinearPool(s, others);
  }
  return bounds;
}

}  // namespace ventral
