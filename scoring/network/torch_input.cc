#include "scoring/network/torch_input.h"

namespace ventral {

std::vector<std::int64_t> InputSizes(const Preprocessing& preprocessing, std::int64_t stimuli) {
  std::vector<std::int64_t> sizes{stimuli};
  if (preprocessing.time_steps > 0) sizes.push_back(preprocessing.time_steps);
  sizes.insert(sizes.end(), {3, preprocessing.height, preprocessing.width});
  return sizes;
}

c10::ScalarType InputType(const Preprocessing& preprocessing) {
  switch (preprocessing.pixels) {
    case PixelType::kFloat32:
      return c10::kFloat;
    case PixelType::kUint8:
      return c10::kByte;
    case PixelType::kInt32:
      return c10::kInt;
    case PixelType::kInt64:
      return c10::kLong;
  }
  return c10::kFloat;
}

std::string ShownInput(const Preprocessing& preprocessing) {
  std::string text = "[stimulus";
  const auto sizes = InputSizes(preprocessing, 0);
  for (std::size_t axis = 1; axis < sizes.size(); ++axis)
    text += " × " + std::to_string(sizes[axis]);
  return text + "]";
}

}  // namespace ventral
