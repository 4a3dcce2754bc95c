#include "scoring/evaluation/feature_readings.h"

#include <algorithm>

#include "scoring/evaluation/prepared.h"

namespace ventral {

std::optional<std::string> NeedsFeatures(const Pack& pack) {
  for (const PackManifest::BenchmarkInfo& benchmark : pack.manifest.benchmarks) {
    const Metric* metric = FindMetric(benchmark.spec.metric);
    if (metric != nullptr && metric->NeedsFeatures()) return benchmark.spec.id;
  }
  return std::nullopt;
}

Result<FeatureReadings> FeatureReadings::Begin(const Pack& pack,
                                               std::span<const ComingLayer> layers, Bytes most) {
  const std::map<std::string, std::string> none;
  FeatureReadings readings;
  const Bytes share{most.value / std::max<std::size_t>(1, pack.manifest.benchmarks.size())};
  for (const PackManifest::BenchmarkInfo& benchmark : pack.manifest.benchmarks) {
    const std::string where = "benchmark " + benchmark.spec.id;
    auto prepared = Prepare(pack, benchmark.spec, none);
    if (!prepared.ok()) return std::move(prepared).error().Within(where);
    if (!prepared->metric->NeedsFeatures()) continue;
    auto reading = prepared->metric->ReadFeatures(prepared->Ask(pack, none), layers, share);
    if (!reading.ok()) return std::move(reading).error().Within(where);
    readings.of_.emplace(benchmark.spec.id, std::move(reading).value());
  }
  return readings;
}

void FeatureReadings::Take(std::size_t layer, std::int64_t first, const Eigen::MatrixXf& features) {
  for (const auto& [benchmark, reading] : of_) reading->Take(layer, first, features);
}

const FeatureReading* FeatureReadings::Of(const std::string& benchmark) const {
  const auto found = of_.find(benchmark);
  return found == of_.end() ? nullptr : found->second.get();
}

}  // namespace ventral
