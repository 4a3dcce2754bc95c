#include "scoring/metrics/feature_maps.h"

#include <algorithm>

#include "scoring/base/parallel.h"
#include "scoring/metrics/rounding.h"

namespace ventral {
namespace {

constexpr Eigen::Index kFeaturesAtOnce = 64;  // of all stimuli, they stay in the cache

Eigen::Index Pairs(Eigen::Index stimuli) { return stimuli * (stimuli - 1) / 2; }

// Those of some features that vary.
struct Block {
  Eigen::MatrixXd values;         // [stimulus × feature], maybe more columns
  std::vector<std::size_t> maps;  // [feature]
};

Block BlockOf(const Eigen::Ref<const Eigen::MatrixXf>& features, std::int64_t first,
              const MapLayout& layout) {
  Block block{Eigen::MatrixXd(features.rows(), features.cols()), {}};
  for (Eigen::Index f = 0; f < features.cols(); ++f) {
    const auto feature = features.col(f);
    if (!VariesBeyondRounding(feature.minCoeff(), feature.maxCoeff())) continue;
    block.values.col(static_cast<Eigen::Index>(block.maps.size())) = feature.cast<double>();
    block.maps.push_back(static_cast<std::size_t>(layout.MapOf(first + f)));
  }
  return block;
}

// The distances of one stimulus to those after it.
void AddRow(Eigen::Index row, const Block& block, std::vector<Rdm>& rdms) {
  const Eigen::Index stimuli = block.values.rows(), others = stimuli - row - 1;
  const Eigen::Index place = Pairs(stimuli) - Pairs(stimuli - row);
  for (std::size_t f = 0; f < block.maps.size(); ++f) {
    const auto values = block.values.col(static_cast<Eigen::Index>(f));
    rdms[block.maps[f]].upper.segment(place, others).array() +=
        (values.tail(others).array() - values(row)).square();
  }
}

}  // namespace

MapLayout LayoutOf(std::span<const std::int64_t> shape) {
  if (shape.size() < 3) return {shape.back(), 1};
  std::int64_t together = 1;
  for (const std::int64_t size : shape.subspan(1)) together *= size;
  return {shape.front(), together};
}

FeatureMaps::FeatureMaps(const MapLayout& layout, Eigen::Index stimuli)
    : layout_(layout),
      rdms_(static_cast<std::size_t>(layout.maps),
            Rdm{stimuli, Eigen::VectorXd::Zero(Pairs(stimuli))}) {}

std::uint64_t FeatureMaps::BytesOf(std::int64_t maps, Eigen::Index stimuli) {
  return static_cast<std::uint64_t>(maps) * static_cast<std::uint64_t>(Pairs(stimuli)) *
         sizeof(double);
}

// Feature after feature, whatever comes at once and whoever adds it: so neither changes a bit.
void FeatureMaps::Take(std::int64_t first, const Eigen::MatrixXf& features) {
  const Eigen::Index shares = UsableCores();
  ParallelFor(static_cast<std::size_t>(shares), 0, [&](std::size_t share) {
    for (Eigen::Index begin = 0; begin < features.cols(); begin += kFeaturesAtOnce) {
      const Eigen::Index count = std::min(kFeaturesAtOnce, features.cols() - begin);
      const Block block = BlockOf(features.middleCols(begin, count), first + begin, layout_);
      for (auto row = static_cast<Eigen::Index>(share); row < features.rows(); row += shares) {
        AddRow(row, block, rdms_);
      }
    }
  });
}

}  // namespace ventral
