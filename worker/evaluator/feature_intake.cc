#include "worker/evaluator/feature_intake.h"

#include <algorithm>
#include <cstring>

namespace ventral {

Bytes FeatureWindowBytes(Eigen::Index stimuli) {
  return Bytes{
      std::max<std::uint64_t>(16 << 20, static_cast<std::uint64_t>(stimuli) * sizeof(float))};
}

FeatureIntake::FeatureIntake(const PlanMessage& plan, Eigen::Index stimuli, SharedWindow& window,
                             FeatureReadings readings)
    : layers_(plan.layers),
      come_(plan.layers.size(), 0),
      stimuli_(stimuli),
      window_(window),
      readings_(std::move(readings)) {}

Status FeatureIntake::Take(const FeaturesMessage& message) {
  const auto promised = std::find_if(layers_.begin(), layers_.end(), [&](const PlanLayer& layer) {
    return layer.layer == message.layer;
  });
  const std::string who = "features of layer " + message.layer.ToString();
  if (promised == layers_.end()) return CorruptData(who + " came without being promised");
  const auto place = static_cast<std::size_t>(promised - layers_.begin());
  if (message.first != come_[place]) {
    return CorruptData(who + " came from " + std::to_string(message.first) + ", the next is " +
                       std::to_string(come_[place]));
  }
  const auto room = static_cast<std::int64_t>(window_.values().size()) / stimuli_;
  const std::int64_t missing = promised->features - message.first;
  if (message.count < 1 || message.count > std::min(room, missing)) {
    return CorruptData("there came " + std::to_string(message.count) + " " + who + ", of which " +
                       std::to_string(missing) + " are missing, and " + std::to_string(room) +
                       " can come at once");
  }
  Eigen::MatrixXf features(stimuli_, message.count);
  std::memcpy(features.data(), window_.values().data(),
              static_cast<std::size_t>(features.size()) * sizeof(float));
  window_.Release();
  if (!features.allFinite()) return CorruptData(who + " have a value that is not finite");
  readings_.Take(place, message.first, features);
  come_[place] += message.count;
  return Ok{};
}

Result<FeatureReadings> FeatureIntake::Finish() && {
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    if (come_[l] == layers_[l].features) continue;
    return CorruptData("of the " + std::to_string(layers_[l].features) + " features of layer " +
                       layers_[l].layer.ToString() + " only " + std::to_string(come_[l]) + " came");
  }
  return std::move(readings_);
}

}  // namespace ventral
