#include <array>

#include "scoring/metrics/cka.h"
#include "scoring/metrics/feature_map_rsa.h"
#include "scoring/metrics/metric.h"
#include "scoring/metrics/mixed_rsa.h"
#include "scoring/metrics/nearest_unit.h"
#include "scoring/metrics/pls.h"
#include "scoring/metrics/reverse_ridge.h"
#include "scoring/metrics/ridge.h"
#include "scoring/metrics/rsa.h"

namespace ventral {
namespace {

// One line a metric.
std::array<const Metric*, 8> AllMetrics() {
  return {&RsaMetric(),      &CkaMetric(),          &RidgeMetric(),       &PlsMetric(),
          &MixedRsaMetric(), &ReverseRidgeMetric(), &NearestUnitMetric(), &FeatureMapRsaMetric()};
}

}  // namespace

const Metric* FindMetric(std::string_view name) {
  for (const Metric* metric : AllMetrics()) {
    if (metric->name() == name) return metric;
  }
  return nullptr;
}

std::vector<std::string> MetricNames() {
  std::vector<std::string> names;
  for (const Metric* metric : AllMetrics()) names.emplace_back(metric->name());
  return names;
}

}  // namespace ventral
