// The feature maps of a layer, weighted to resemble recorded RDMs.
#ifndef VENTRAL_SCORING_METRICS_WEIGHTED_MAPS_H_
#define VENTRAL_SCORING_METRICS_WEIGHTED_MAPS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "scoring/metrics/feature_maps.h"
#include "scoring/metrics/held_out_score.h"
#include "scoring/metrics/rdm_comparison.h"

namespace ventral {

// Weights that a layer has at most: least squares is cubic in these.
inline constexpr std::int64_t kMostMaps = 4096;

using LayerMaps = std::map<LayerId, FeatureMaps>;

// A fit is one mixture a subject (rdm_mixture.h), its scores those of HeldOutRdms.
class WeightedMaps final : public HeldOutModel {
 public:
  // References outlive it.
  WeightedMaps(const Comparison& comparison, const std::vector<Rdm>& subjects,
               const LayerMaps& maps);

  // @error invalid_input for a layer that has no maps here, for it has too many; or one of whose
  //   maps none varies over the training stimuli.
  Result<std::unique_ptr<const HeldOutFit>> Fit(const Gram& layer, const Fold& fold) const override;
  std::unique_ptr<const HeldOutBounds> Ceiling(const Fold& fold) const override;

 private:
  std::vector<ComparableRdm> Recorded(const Fold& fold) const;

  const Comparison& comparison_;
  const std::vector<Rdm>& subjects_;
  const std::vector<ComparableRdm> comparable_;
  const LayerMaps& maps_;
};

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_WEIGHTED_MAPS_H_
