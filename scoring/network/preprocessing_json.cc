#include "scoring/network/preprocessing_json.h"

#include <nlohmann/json.hpp>

namespace ventral {

std::string PreprocessingJson(const Preprocessing& preprocessing,
                              const std::optional<Sampling>& sampling) {
  nlohmann::json json = {{"height", preprocessing.height},
                         {"width", preprocessing.width},
                         {"mean", preprocessing.mean},
                         {"std", preprocessing.std},
                         {"colour", preprocessing.colour == ColourOrder::kRgb ? "rgb" : "bgr"},
                         {"resize", "stretch"}};
  if (preprocessing.resize == ResizeRule::kShorterSide) {
    json["resize"] = "shorter_side";
    json["resize_size"] = preprocessing.resize_size;
  }
  // Said where it is not the usual, so that what was written before stays as it is.
  if (preprocessing.pixels != PixelType::kFloat32)
    json["dtype"] = PixelTypeName(preprocessing.pixels);
  if (preprocessing.time_steps > 0) json["time_steps"] = preprocessing.time_steps;
  if (sampling) json["sampling"] = {{"samples", sampling->samples}, {"seed", sampling->seed}};
  return json.dump();
}

}  // namespace ventral
