// The RDM of each feature map of a layer, from features that pass by.
#ifndef VENTRAL_SCORING_METRICS_FEATURE_MAPS_H_
#define VENTRAL_SCORING_METRICS_FEATURE_MAPS_H_

#include <Eigen/Core>
#include <cstdint>
#include <span>
#include <vector>

#include "scoring/base/rdm.h"

namespace ventral {

// Which feature belongs to which map, features counted in C order.
struct MapLayout {
  std::int64_t maps = 0;
  std::int64_t together = 1;  // features of a map that follow each other

  std::int64_t MapOf(std::int64_t feature) const { return feature / together % maps; }
};
// By the shape of what one stimulus makes of a layer. [channel × height × width …]: a map is a
// channel. [token × channel]: a channel, over all tokens. [unit]: each unit is a map.
MapLayout LayoutOf(std::span<const std::int64_t> shape);

// Squared Euclidean distances d_ij = Σ_f (x_if − x_jf)² over the features f of each map, without
// those that vary by nothing but rounding.
class FeatureMaps {
 public:
  FeatureMaps(const MapLayout& layout, Eigen::Index stimuli);
  static std::uint64_t BytesOf(std::int64_t maps, Eigen::Index stimuli);

  // Features first, first + 1, … [stimulus × feature], in order; the same bits in whatever parts.
  void Take(std::int64_t first, const Eigen::MatrixXf& features);
  const std::vector<Rdm>& rdms() const { return rdms_; }  // [map]

 private:
  MapLayout layout_;
  std::vector<Rdm> rdms_;
};

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_FEATURE_MAPS_H_
