#include "scoring/network/card.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "scoring/network/json.h"
#include "scoring/network/torch_contained.h"

namespace ventral {
namespace {

constexpr std::int64_t kFormat = 1;
constexpr std::int64_t kMaxPixels = 8192;

std::string At(const char* field) { return std::string("ventral.json: ") + field; }

std::int64_t Pixels(const Json& object, const char* name) {
  const std::string where = At("preprocessing.") + name;
  const std::int64_t pixels = Int64Of(Member(object, name, At("preprocessing")), where);
  if (pixels < 1 || pixels > kMaxPixels) throw Refusal(where + ": not between 1 and 8192 pixels");
  return pixels;
}

std::array<double, 3> Channels(const Json& object, const char* name) {
  const std::string where = At("preprocessing.") + name;
  const Json& list = ArrayOf(Member(object, name, At("preprocessing")), where);
  if (list.size() != 3) throw Refusal(where + ": one number for each of three channels is needed");
  std::array<double, 3> values{};
  for (std::size_t i = 0; i < 3; ++i) {
    values[i] = DoubleOf(list[i], where);
    if (!std::isfinite(values[i])) throw Refusal(where + ": not a finite number");
  }
  return values;
}

Preprocessing ParsePreprocessing(const Json& object) {
  Preprocessing result;
  result.height = Pixels(object, "height");
  result.width = Pixels(object, "width");
  result.mean = Channels(object, "mean");
  result.std = Channels(object, "std");
  if (!std::all_of(result.std.begin(), result.std.end(), [](double value) { return value > 0; })) {
    throw Refusal(At("preprocessing.std: must be positive"));
  }
  const std::string& resize =
      TextOf(Member(object, "resize", At("preprocessing")), At("preprocessing.resize"));
  if (resize == "shorter_side") {
    result.resize = ResizeRule::kShorterSide;
    result.resize_size = Pixels(object, "resize_size");
    if (result.resize_size < std::max(result.height, result.width)) {
      throw Refusal(
          At("preprocessing.resize_size: smaller than the part that is cut out of the image"));
    }
  } else if (resize != "stretch") {
    throw Refusal(At("preprocessing.resize: 'stretch' or 'shorter_side', not '") + resize + "'");
  }
  const std::string& colour =
      TextOf(Member(object, "colour", At("preprocessing")), At("preprocessing.colour"));
  if (colour != "rgb" && colour != "bgr") {
    throw Refusal(At("preprocessing.colour: 'rgb' or 'bgr', not '") + colour + "'");
  }
  result.colour = colour == "rgb" ? ColourOrder::kRgb : ColourOrder::kBgr;
  return result;
}

}  // namespace

Card ParseCard(std::string_view text) {
  const Json json = ParseJson(text, "ventral.json");
  const std::int64_t format = Int64Of(Member(json, "format", "ventral.json"), At("format"));
  if (format != kFormat) {
    throw Refusal(At("format ") + std::to_string(format) + ", this program reads format " +
                  std::to_string(kFormat));
  }
  Card card;
  card.preprocessing = ParsePreprocessing(
      ObjectOf(Member(json, "preprocessing", "ventral.json"), At("preprocessing")));
  std::set<std::string> known;
  for (const Json& layer : ArrayOf(Member(json, "layers", "ventral.json"), At("layers"))) {
    card.layers.push_back(TextOf(layer, At("layers")));
    if (!known.insert(card.layers.back()).second)
      throw Refusal(At("layers: '") + card.layers.back() + "' twice");
  }
  if (card.layers.empty()) throw Refusal(At("layers: no layer is named"));
  if (const Json* committed = OptionalMember(json, "committed_layers", "ventral.json")) {
    for (const auto& [region, path] : ObjectOf(*committed, At("committed_layers")).items()) {
      if (!known.contains(TextOf(path, At("committed_layers")))) {
        throw Refusal(At("committed_layers: '") + TextOf(path, "") + "' is not one of the layers");
      }
      card.committed_layers[region] = TextOf(path, "");
    }
  }
  return card;
}

}  // namespace ventral
