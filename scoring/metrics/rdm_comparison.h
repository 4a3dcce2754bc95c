// RDMs of layers against RDMs of subjects, within any sample of the stimuli.
#ifndef VENTRAL_SCORING_METRICS_RDM_COMPARISON_H_
#define VENTRAL_SCORING_METRICS_RDM_COMPARISON_H_

#include <Eigen/Core>
#include <vector>

#include "scoring/base/rdm.h"
#include "scoring/metrics/ranks.h"
#include "scoring/metrics/rdm_comparator.h"
#include "scoring/metrics/rdm_whitening.h"
#include "scoring/metrics/stimulus_sample.h"

namespace ventral {

// How to compare. `noise` is for whitened comparators, and then every sample must be All().
struct Comparison {
  RdmComparator comparator;
  const NoiseWhitening* noise = nullptr;  // outlives what uses it; nullptr: Σ = I
};

// One RDM, prepared once to be compared in many samples: sorted where ranks are wanted.
class ComparableRdm {
 public:
  ComparableRdm(const Rdm& rdm, RdmComparator comparator);
  // [pair of the sample]
  OrderedItems Ordered(const StimulusSample& sample) const { return OrderWithin(items_, sample); }
  Eigen::VectorXd Values(const StimulusSample& sample) const { return sample.Take(values_); }

 private:
  Eigen::VectorXd values_;
  OrderedItems items_;  // empty where the values themselves are compared
};
std::vector<ComparableRdm> MakeComparable(const std::vector<Rdm>& rdms, RdmComparator comparator);

// What a comparison other than Kendall's makes of an RDM in a sample: a · V⁻¹b of two is their
// comparison. `white` is V⁻¹·plain, the pairs' weights in it. Empty where the RDM does not vary.
struct Embedded {
  Eigen::VectorXd plain, white;
  double norm = 0;  // that both were divided by
};
// `x` [pair of the sample] holds the values, or their weighted ranks where IsRanked.
Embedded Embed(Eigen::VectorXd x, const StimulusSample& sample, const Comparison& comparison);

// The subjects in one sample of the stimuli. References outlive it.
class SubjectsInSample {
 public:
  SubjectsInSample(const std::vector<ComparableRdm>& subjects, const StimulusSample& sample,
                   const Comparison& comparison);

  // The comparison with each subject [subject]; NaN where either does not vary.
  Eigen::VectorXd Compare(const ComparableRdm& layer) const;

  // Both bounds of each subject's comparison with the pooled subjects (rsa_ceiling.h), subject s
  // standing counts(s) times: `upper` with the pool of all, `lower` with that of the others, which
  // are those of another number: copies of a subject are left out with it. [subject]; NaN where it
  // stands 0 times, there is no other, or it does not vary.
  struct Bounds {
    Eigen::VectorXd lower, upper;
  };
  Bounds ToPooled(const Eigen::VectorXd& counts) const;

 private:
  Eigen::Index count() const { return static_cast<Eigen::Index>(ordered_.size()); }
  Eigen::VectorXd ToOrdered(const OrderedItems& items) const;
  Eigen::VectorXd ToEmbedded(const Eigen::VectorXd& plain) const;
  double OneToEmbedded(Eigen::Index subject, const Eigen::VectorXd& plain) const;
  Bounds NoBounds() const;
  Bounds ToRankPools(const Eigen::VectorXd& counts) const;
  double ToLinearPool(Eigen::Index subject, const Eigen::VectorXd& counts) const;

  const StimulusSample& sample_;
  Comparison comparison_;
  std::vector<OrderedItems> ordered_;   // [subject]; empty ones where not IsRanked
  std::vector<Eigen::VectorXd> ranks_;  // [subject], where IsRanked
  std::vector<Embedded> embedded_;      // [subject], where not Kendall
  Eigen::MatrixXd inner_;               // [subject × subject] comparisons, where not IsRanked
};

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_RDM_COMPARISON_H_
