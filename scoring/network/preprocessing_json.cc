#include "scoring/network/preprocessing_json.h"

#include <nlohmann/json.hpp>

namespace ventral {

std::string PreprocessingJson(const Preprocessing& preprocessing) {
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
  return json.dump();
}

}  // namespace ventral
