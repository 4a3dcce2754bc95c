// Metrics that need features, for those who know metrics by name alone.
#ifndef VENTRAL_SCORING_BASE_FEATURE_METRICS_H_
#define VENTRAL_SCORING_BASE_FEATURE_METRICS_H_

#include <array>

namespace ventral {

// Kept Grams do not give their scores. metric_laws_test holds the list against
// Metric::NeedsFeatures.
inline constexpr std::array kFeatureMetrics = {"nearest_unit", "feature_map_rsa"};

}  // namespace ventral

#endif  // VENTRAL_SCORING_BASE_FEATURE_METRICS_H_
