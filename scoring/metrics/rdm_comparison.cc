#include "scoring/metrics/rdm_comparison.h"

#include <cmath>
#include <limits>

#include "scoring/metrics/kendall.h"

namespace ventral {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
// What is left of the squares after centring, when it is nothing but rounding.
constexpr double kConstantSquares = 1e-24;

double Kendall(const OrderedItems& a, const OrderedItems& b, const Eigen::VectorXd& weights,
               RdmComparator comparator) {
  return comparator == RdmComparator::kTauA ? KendallTauA(a, b, weights)
                                            : KendallTauB(a, b, weights);
}

Eigen::VectorXd Whiten(const Eigen::VectorXd& x, const StimulusSample& sample,
                       const Comparison& comparison) {
  if (comparison.comparator == RdmComparator::kUCentredCosine) {
    return UCentreCounted(x, sample.counts());
  }
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
                       comparison.comparator != RdmComparator::kWhitenedCosine &&
                       comparison.comparator != RdmComparator::kUCentredCosine;
  if (centred) x.array() -= weights.dot(x) / sample.total();
  if (comparison.comparator == RdmComparator::kRhoA) {  // scaled by the pairs, not by its norm
    const double n = sample.total();
    const double norm = std::sqrt((n * n * n - n) / 12);
    x /= norm;
    return {x, weights.cwiseProduct(x), norm};
  }
  if (!((weights.array() * x.array().square()).sum() > kConstantSquares * squares)) return {};
  Eigen::VectorXd white = weights.cwiseProduct(Whiten(x, sample, comparison));
  const double norm = std::sqrt(x.dot(white));
  if (!(norm * norm > kConstantSquares * squares)) return {};
  return {x / norm, white / norm, norm};
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
  for (Eigen::Index s = 0; s < count(); ++s) out(s) = OneToEmbedded(s, plain);
  return out;
}

double SubjectsInSample::OneToEmbedded(Eigen::Index subject, const Eigen::VectorXd& plain) const {
  const Eigen::VectorXd& white = embedded_[static_cast<std::size_t>(subject)].white;
  return plain.size() == 0 || white.size() == 0 ? kNaN : plain.dot(white);
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

// With the pools of ranks ranked anew, as a model's RDM is.
SubjectsInSample::Bounds SubjectsInSample::ToRankPools(const Eigen::VectorXd& counts) const {
  const Eigen::VectorXd& weights = sample_.weights();
  Eigen::VectorXd pool = Eigen::VectorXd::Zero(weights.size());
  for (Eigen::Index s = 0; s < count(); ++s) {
    if (counts(s) > 0) pool += counts(s) * ranks_[static_cast<std::size_t>(s)];
  }
  const bool kendall = IsKendall(comparison_.comparator);
  const auto plain = [&](const OrderedItems& items) {
    return kendall ? Eigen::VectorXd()
                   : Embed(WeightedRanks(items, weights), sample_, comparison_).plain;
  };
  const auto compare = [&](Eigen::Index s, const OrderedItems& items, const Eigen::VectorXd& x) {
    if (!kendall) return OneToEmbedded(s, x);
    return Kendall(items, ordered_[static_cast<std::size_t>(s)], weights, comparison_.comparator);
  };
  const OrderedItems all = OrderHalves(pool);
  const Eigen::VectorXd all_plain = plain(all);
  Bounds bounds = NoBounds();
  for (Eigen::Index s = 0; s < count(); ++s) {
    if (!(counts(s) > 0)) continue;
    bounds.upper(s) = compare(s, all, all_plain);
    if (counts(s) == counts.sum()) continue;
    const OrderedItems others = OrderHalves(pool - counts(s) * ranks_[static_cast<std::size_t>(s)]);
    bounds.lower(s) = compare(s, others, plain(others));
  }
  return bounds;
}

// The pool Σ m_t·a_t is never made: its comparison with a_s is Σ m_t·(a_s, a_t) / |pool|.
double SubjectsInSample::ToLinearPool(Eigen::Index subject, const Eigen::VectorXd& counts) const {
  const double squares = counts.dot(inner_ * counts);
  return squares > kConstantSquares ? inner_.col(subject).dot(counts) / std::sqrt(squares) : kNaN;
}

SubjectsInSample::Bounds SubjectsInSample::NoBounds() const {
  return {Eigen::VectorXd::Constant(count(), kNaN), Eigen::VectorXd::Constant(count(), kNaN)};
}

SubjectsInSample::Bounds SubjectsInSample::ToPooled(const Eigen::VectorXd& counts) const {
  Bounds bounds = NoBounds();
  if (sample_.pairs().empty()) return bounds;
  if (IsRanked(comparison_.comparator)) return ToRankPools(counts);
  for (Eigen::Index s = 0; s < count(); ++s) {
    if (!(counts(s) > 0)) continue;
    Eigen::VectorXd others = counts;
    others(s) = 0;
    bounds.upper(s) = ToLinearPool(s, counts);
    if (!others.isZero(0)) bounds.lower(s) = ToLinearPool(s, others);
  }
  return bounds;
}

}  // namespace ventral
