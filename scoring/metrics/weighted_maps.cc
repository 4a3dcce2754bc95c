#include "scoring/metrics/weighted_maps.h"

#include <utility>

#include "scoring/metrics/held_out_rdms.h"
#include "scoring/metrics/rdm_mixture.h"

namespace ventral {

WeightedMaps::WeightedMaps(const Comparison& comparison, const std::vector<Rdm>& subjects,
                           const LayerMaps& maps)
    : comparison_(comparison),
      subjects_(subjects),
      comparable_(MakeComparable(subjects, comparison.comparator)),
      maps_(maps) {}

Result<std::unique_ptr<const HeldOutFit>> WeightedMaps::Fit(const Gram& layer,
                                                            const Fold& fold) const {
  const auto maps = maps_.find(layer.layer);
  if (maps == maps_.end()) {
    return InvalidInput("it has more feature maps than the " + std::to_string(kMostMaps) +
                        " that can be weighted");
  }
  const StimulusSample training = StimulusSample::Of(fold.train, subjects_[0].stimuli);
  std::vector<ComparableRdm> predicted;
  for (const Mixture& mixture : MixRdms(maps->second.rdms(), comparable_, training, comparison_)) {
    if (mixture.rdm.upper.isZero(0)) {
      return InvalidInput(
          "its feature maps do not vary over the training stimuli, so none can be weighted; leave "
          "this layer out");
    }
    predicted.emplace_back(Within(mixture.rdm, fold.test), comparison_.comparator);
  }
  return {std::make_unique<HeldOutRdms>(Recorded(fold), std::move(predicted), comparison_)};
}

std::unique_ptr<const HeldOutBounds> WeightedMaps::Ceiling(const Fold& fold) const {
  if (subjects_.size() < 2) return nullptr;
  return std::make_unique<HeldOutRdms>(Recorded(fold), std::vector<ComparableRdm>{}, comparison_);
}

std::vector<ComparableRdm> WeightedMaps::Recorded(const Fold& fold) const {
  std::vector<ComparableRdm> recorded;
  for (const Rdm& subject : subjects_) {
    recorded.emplace_back(Within(subject, fold.test), comparison_.comparator);
  }
  return recorded;
}

}  // namespace ventral
