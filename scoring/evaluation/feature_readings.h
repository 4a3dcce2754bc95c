// What the benchmarks of a pack take from the features of layers, while these pass by.
#ifndef VENTRAL_SCORING_EVALUATION_FEATURE_READINGS_H_
#define VENTRAL_SCORING_EVALUATION_FEATURE_READINGS_H_

#include <Eigen/Core>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "scoring/base/result.h"
#include "scoring/base/units.h"
#include "scoring/metrics/metric.h"
#include "scoring/pack/pack.h"

namespace ventral {

// The first benchmark whose metric needs features, if there is one.
std::optional<std::string> NeedsFeatures(const Pack& pack);

class FeatureReadings {
 public:
  // Of all benchmarks that need features. Requires CheckBenchmarks(pack).
  // @error resource_limit if what they keep of these layers would pass `most` (names the first).
  static Result<FeatureReadings> Begin(const Pack& pack, std::span<const ComingLayer> layers,
                                       Bytes most);

  // As FeatureReading::Take.
  void Take(std::size_t layer, std::int64_t first, const Eigen::MatrixXf& features);
  // nullptr if this benchmark takes none.
  const FeatureReading* Of(const std::string& benchmark) const;

 private:
  std::map<std::string, std::unique_ptr<FeatureReading>> of_;
};

}  // namespace ventral

#endif  // VENTRAL_SCORING_EVALUATION_FEATURE_READINGS_H_
