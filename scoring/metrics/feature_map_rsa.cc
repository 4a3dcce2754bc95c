#include "scoring/metrics/feature_map_rsa.h"

#include <algorithm>
#include <utility>

#include "scoring/base/parallel.h"
#include "scoring/metrics/held_out_rdms.h"
#include "scoring/metrics/rdm_score.h"
#include "scoring/metrics/recorded_rdms.h"
#include "scoring/metrics/weighted_maps.h"

namespace ventral {
namespace {

struct MapOptions {
  Comparison comparison{RdmComparator::kSpearman};
  RecordedRdmOptions recorded;
  HeldOutOptions held_out;
};

Result<MapOptions> ReadMapOptions(const Question& question) {
  OptionReader reader(question.spec.options);
  MapOptions read;
  read.comparison = {ComparatorNamed(reader.Choice("comparator", "spearman", ComparatorNames()))};
  VENTRAL_ASSIGN_OR_RETURN(read.recorded, ReadRecordedRdmOptions(reader, question));
  VENTRAL_RETURN_IF_ERROR(ReadHeldOutRules(reader, read.held_out));
  VENTRAL_RETURN_IF_ERROR(reader.Finish());
  return read;
}

struct Material {
  std::vector<Rdm> subjects;
  std::vector<Fold> folds;
};

Result<Material> MaterialOf(const Question& question, const MapOptions& options) {
  Material material;
  VENTRAL_ASSIGN_OR_RETURN(material.subjects, RecordedRdms(question, options.recorded));
  VENTRAL_ASSIGN_OR_RETURN(material.folds, MakeFolds(options.held_out.split,
                                                     static_cast<int>(material.subjects[0].stimuli),
                                                     question.columns, question.spec.seed));
  VENTRAL_RETURN_IF_ERROR(CheckHeldOutRdms(question, material.folds));
  VENTRAL_RETURN_IF_ERROR(CheckIntervalOver(options.held_out.interval, material.subjects.size(),
                                            question.recording.id));
  return material;
}

// Bytes that are held at most: the maps of all layers, and of the largest what each core makes
// of them while it fits.
std::uint64_t BytesFor(std::span<const ComingLayer> layers, Eigen::Index stimuli) {
  std::uint64_t kept = 0, largest = 0;
  for (const ComingLayer& layer : layers) {
    const std::int64_t maps = LayoutOf(layer.shape).maps;
    if (maps > kMostMaps) continue;
    const std::uint64_t bytes = FeatureMaps::BytesOf(maps, stimuli);
    const auto squares = static_cast<std::uint64_t>(maps * maps) * sizeof(double);
    kept += bytes;
    largest = std::max(largest, 3 * bytes + 2 * squares);
  }
  return kept + UsableCores() * largest;
}

class MapReading final : public FeatureReading {
 public:
  MapReading(MapOptions options, Material material, std::span<const ComingLayer> layers)
      : options_(std::move(options)), material_(std::move(material)) {
    for (const ComingLayer& layer : layers) {
      const MapLayout layout = LayoutOf(layer.shape);
      FeatureMaps* place = nullptr;
      if (layout.maps <= kMostMaps) {
        place =
            &maps_.try_emplace(layer.layer, layout, material_.subjects[0].stimuli).first->second;
      }
      places_.push_back(place);
    }
  }
  MapReading(const MapReading&) = delete;  // the places point into it
  MapReading& operator=(const MapReading&) = delete;

  void Take(std::size_t layer, std::int64_t first, const Eigen::MatrixXf& features) override {
    if (places_[layer] != nullptr) places_[layer]->Take(first, features);
  }

  Result<BenchmarkScore> Score(const Question& question,
                               std::span<const Gram> layers) const override {
    BenchmarkScore score = RdmFrameOf(question, material_.subjects);
    score.rule = "r";
    ExpectCeiling(options_.comparison.comparator, score);
    return ScoreHeldOut(question, layers, material_.folds, options_.held_out,
                        WeightedMaps(options_.comparison, material_.subjects, maps_),
                        std::move(score));
  }

 private:
  const MapOptions options_;
  const Material material_;
  LayerMaps maps_;
  std::vector<FeatureMaps*> places_;  // [layer]
};

class FeatureMapRsa final : public Metric {
 public:
  std::string_view name() const override { return "feature_map_rsa"; }
  bool NeedsFeatures() const override { return true; }

  Status Check(const Question& question) const override {
    VENTRAL_ASSIGN_OR_RETURN(const MapOptions options, ReadMapOptions(question));
    VENTRAL_RETURN_IF_ERROR(MaterialOf(question, options));
    return Ok{};
  }

  Result<BenchmarkScore> Score(const Question&, std::span<const Gram>) const override {
    return InvalidInput(
        "metric feature_map_rsa needs the feature maps of each layer, and Grams have none");
  }

  Result<std::unique_ptr<FeatureReading>> ReadFeatures(const Question& question,
                                                       std::span<const ComingLayer> layers,
                                                       Bytes most) const override {
    VENTRAL_ASSIGN_OR_RETURN(MapOptions options, ReadMapOptions(question));
    VENTRAL_ASSIGN_OR_RETURN(Material material, MaterialOf(question, options));
    const std::uint64_t bytes = BytesFor(layers, material.subjects[0].stimuli);
    if (bytes > most.value) {
      return ResourceLimit("the RDMs of all feature maps of " + std::to_string(layers.size()) +
                           " layers, for metric feature_map_rsa, need " +
                           std::to_string(bytes >> 20) + " MiB, at most " +
                           std::to_string(most.value >> 20) +
                           " MiB are allowed; export fewer layers with layers=[…]");
    }
    return std::unique_ptr<FeatureReading>(
        std::make_unique<MapReading>(std::move(options), std::move(material), layers));
  }
};

}  // namespace

const Metric& FeatureMapRsaMetric() {
  static const FeatureMapRsa metric;
  return metric;
}

}  // namespace ventral
