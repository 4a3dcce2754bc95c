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
constexpr std::int64_t kMaxTimeSteps = 1024;

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

PixelType ParsePixelType(const std::string& name) {
  for (const PixelType type :
       {PixelType::kFloat32, PixelType::kUint8, PixelType::kInt32, PixelType::kInt64}) {
    if (name == PixelTypeName(type)) return type;
  }
  throw Refusal(At("input.dtype: 'float32', 'uint8', 'int32' or 'int64', not '") + name + "'");
}

// `input`: what the tensor is where it is not [stimulus × 3 × height × width], float32.
void ParseInput(const Json& object, Preprocessing& preprocessing) {
  if (const Json* type = OptionalMember(object, "dtype", At("input")))
    preprocessing.pixels = ParsePixelType(TextOf(*type, At("input.dtype")));
  const bool plain =
      preprocessing.mean == Preprocessing().mean && preprocessing.std == Preprocessing().std;
  if (preprocessing.pixels != PixelType::kFloat32 && !plain) {
    throw Refusal(At(
        "input.dtype: whole numbers are not normalised; preprocessing.mean must be 0 and std 1"));
  }
  if (const Json* steps = OptionalMember(object, "time_steps", At("input"))) {
    preprocessing.time_steps = Int64Of(*steps, At("input.time_steps"));
    if (preprocessing.time_steps < 1 || preprocessing.time_steps > kMaxTimeSteps)
      throw Refusal(At("input.time_steps: not between 1 and 1024"));
  }
}

Sampling ParseSampling(const Json& object) {
  Sampling sampling;
  sampling.samples = Int64Of(Member(object, "samples", At("sampling")), At("sampling.samples"));
  if (sampling.samples < 1 || sampling.samples > kMostSamples)
    throw Refusal(At("sampling.samples: not between 1 and 1000"));
  const std::int64_t seed = Int64Of(Member(object, "seed", At("sampling")), At("sampling.seed"));
  if (seed < 0) throw Refusal(At("sampling.seed: negative"));
  sampling.seed = static_cast<std::uint64_t>(seed);
  return sampling;
}

std::vector<std::string> ParseLayers(const Json& json) {
  std::vector<std::string> layers;
  std::set<std::string> known;
  for (const Json& layer : ArrayOf(json, At("layers"))) {
    layers.push_back(TextOf(layer, At("layers")));
    if (!known.insert(layers.back()).second)
      throw Refusal(At("layers: '") + layers.back() + "' twice");
  }
  if (layers.empty()) throw Refusal(At("layers: no layer is named"));
  return layers;
}

// Where no layers are named the committed ones are scored beside the network's blocks.
std::map<std::string, std::string> ParseCommitted(const Json& json,
                                                  const std::vector<std::string>& layers) {
  std::map<std::string, std::string> committed;
  for (const auto& [region, value] : ObjectOf(json, At("committed_layers")).items()) {
    const std::string& path = TextOf(value, At("committed_layers"));
    if (!layers.empty() && std::find(layers.begin(), layers.end(), path) == layers.end())
      throw Refusal(At("committed_layers: '") + path + "' is not one of the layers");
    committed[region] = path;
  }
  return committed;
}

std::vector<double> Milliseconds(const Json& list, const std::string& where) {
  std::vector<double> times;
  for (const Json& item : ArrayOf(list, where)) {
    const double time = DoubleOf(item, where);
    if (!std::isfinite(time)) throw Refusal(where + ": not a finite number of milliseconds");
    if (!times.empty() && time <= times.back()) {
      throw Refusal(where + ": the milliseconds of its steps must rise");
    }
    times.push_back(time);
  }
  if (times.empty()) throw Refusal(where + ": no milliseconds are named");
  return times;
}

std::map<std::string, std::vector<double>> ParseTimeMap(const Json& object) {
  std::map<std::string, std::vector<double>> map;
  for (const auto& [path, list] : ObjectOf(object, At("time_map")).items()) {
    map[path] = Milliseconds(list, At("time_map: '") + path + "'");
  }
  return map;
}

std::map<std::string, std::string> ParseModel(const Json& object) {
  std::map<std::string, std::string> model;
  for (const char* field : kModelFields) {
    const Json* value = OptionalMember(ObjectOf(object, At("model")), field, At("model"));
    if (value == nullptr) continue;
    const std::string where = At("model.") + field;
    const std::string& text = TextOf(*value, where);
    if (text.size() > kMaxModelText) {
      throw Refusal(where + ": longer than " + std::to_string(kMaxModelText) + " bytes");
    }
    model[field] = text;
  }
  return model;
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
  if (const Json* input = OptionalMember(json, "input", "ventral.json"))
    ParseInput(*input, card.preprocessing);
  if (const Json* layers = OptionalMember(json, "layers", "ventral.json"))
    card.layers = ParseLayers(*layers);
  if (const Json* committed = OptionalMember(json, "committed_layers", "ventral.json")) {
    card.committed_layers = ParseCommitted(*committed, card.layers);
  }
  if (const Json* sampling = OptionalMember(json, "sampling", "ventral.json"))
    card.sampling = ParseSampling(*sampling);
  if (const Json* output = OptionalMember(json, "output", "ventral.json"))
    card.output = TextOf(*output, At("output"));
  if (const Json* times = OptionalMember(json, "time_map", "ventral.json")) {
    card.time_map = ParseTimeMap(*times);
  }
  if (const Json* model = OptionalMember(json, "model", "ventral.json")) {
    card.model = ParseModel(*model);
  }
  return card;
}

}  // namespace ventral
