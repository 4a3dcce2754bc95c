#include "scoring/features/resize.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace ventral {
namespace {

constexpr int kPrecisionBits = 22;

// The inputs that one output pixel is made of, and their weights.
struct Window {
  std::int64_t first = 0;
  std::vector<std::int32_t> weights;
};

std::vector<Window> WindowsOf(std::int64_t from, std::int64_t to) {
  const double scale = static_cast<double>(from) / static_cast<double>(to);
  const double support = std::max(scale, 1.0);  // of the triangle: wider when shrinking
  std::vector<Window> windows(static_cast<std::size_t>(to));
  for (std::int64_t place = 0; place < to; ++place) {
    Window& window = windows[static_cast<std::size_t>(place)];
    const double centre = (static_cast<double>(place) + 0.5) * scale;
    window.first = std::max<std::int64_t>(0, static_cast<std::int64_t>(centre - support + 0.5));
    const auto end = std::min(from, static_cast<std::int64_t>(centre + support + 0.5));
    std::vector<double> weights;
    double total = 0;
    for (std::int64_t at = window.first; at < end; ++at) {
      const double distance = (static_cast<double>(at) - centre + 0.5) * (1.0 / support);
      weights.push_back(std::max(0.0, 1.0 - std::abs(distance)));
      total += weights.back();
    }
    for (const double weight : weights) {
      const double share = total == 0 ? weight : weight / total;
      window.weights.push_back(static_cast<std::int32_t>(0.5 + share * (1 << kPrecisionBits)));
    }
  }
  return windows;
}

std::uint8_t Clip8(std::int32_t sum) {
  return static_cast<std::uint8_t>(std::clamp(sum >> kPrecisionBits, 0, 255));
}

// `stride` bytes between neighbours on the axis that is resized.
void Blend(const Window& window, const std::uint8_t* pixels, std::int64_t stride,
           std::uint8_t* result) {
  *result = 0;
  std::int32_t sum = 1 << (kPrecisionBits - 1);
  const std::uint8_t* at = pixels + window.first * stride;
  for (const std::int32_t weight : window.weights) {
    sum += *at * weight;
    at += stride;
  }
  *result = Clip8(sum);
}

Image ResizeWidth(const Image& image, std::int64_t width) {
  Image result{image.height, width,
               std::vector<std::uint8_t>(static_cast<std::size_t>(image.height * width * 3))};
  const auto windows = WindowsOf(image.width, width);
  for (std::int64_t y = 0; y < image.height; ++y) {
    const std::uint8_t* row = image.rgb.data() + y * image.width * 3;
    std::uint8_t* to = result.rgb.data() + y * width * 3;
    for (std::int64_t x = 0; x < width * 3; ++x)
      Blend(windows[static_cast<std::size_t>(x / 3)], row + x % 3, 3, to + x);
  }
  return result;
}

Image ResizeHeight(const Image& image, std::int64_t height) {
  Image result{height, image.width,
               std::vector<std::uint8_t>(static_cast<std::size_t>(height * image.width * 3))};
  const auto windows = WindowsOf(image.height, height);
  const std::int64_t stride = image.width * 3;
  for (std::int64_t y = 0; y < height; ++y) {
    const Window& window = windows[static_cast<std::size_t>(y)];
    std::uint8_t* to = result.rgb.data() + y * stride;
    for (std::int64_t x = 0; x < stride; ++x) Blend(window, image.rgb.data() + x, stride, to + x);
  }
  return result;
}

Image Centre(const Image& image, std::int64_t height, std::int64_t width) {
  // Half to even, as Python's round.
  const auto top = std::llrint(static_cast<double>(image.height - height) / 2.0);
  const auto left = std::llrint(static_cast<double>(image.width - width) / 2.0);
  Image result{height, width, {}};
  result.rgb.reserve(static_cast<std::size_t>(height * width * 3));
  for (std::int64_t y = 0; y < height; ++y) {
    const auto row = image.rgb.begin() + ((top + y) * image.width + left) * 3;
    result.rgb.insert(result.rgb.end(), row, row + width * 3);
  }
  return result;
}

}  // namespace

Image ResizeBilinear(const Image& image, std::int64_t height, std::int64_t width) {
  Image result = image.width == width ? image : ResizeWidth(image, width);
  return result.height == height ? result : ResizeHeight(result, height);
}

Image FitImage(const Image& image, const Preprocessing& preprocessing) {
  if (preprocessing.resize == ResizeRule::kStretch) {
    return ResizeBilinear(image, preprocessing.height, preprocessing.width);
  }
  const std::int64_t shorter = std::min(image.height, image.width),
                     size = preprocessing.resize_size;
  const Image resized =
      ResizeBilinear(image, size * image.height / shorter, size * image.width / shorter);
  return Centre(resized, preprocessing.height, preprocessing.width);
}

}  // namespace ventral
