// How a checkpoint wants its images: part of the checkpoint's file, and so of its digest.
#ifndef VENTRAL_SCORING_BASE_PREPROCESSING_H_
#define VENTRAL_SCORING_BASE_PREPROCESSING_H_

#include <array>
#include <cstdint>
#include <string_view>

namespace ventral {

enum class ResizeRule {
  kStretch,      // to height × width, whatever the aspect ratio
  kShorterSide,  // shorter side to resize_size, then the centre height × width
};

enum class ColourOrder { kRgb, kBgr };

// What the network takes for a pixel. Whole numbers are the 8-bit values, 0 to 255, as they are:
// such a network normalises on its own.
enum class PixelType { kFloat32, kUint8, kInt32, kInt64 };

constexpr std::string_view PixelTypeName(PixelType type) {
  switch (type) {
    case PixelType::kFloat32:
      return "float32";
    case PixelType::kUint8:
      return "uint8";
    case PixelType::kInt32:
      return "int32";
    case PixelType::kInt64:
      return "int64";
  }
  return "";
}

// Pixel values are first scaled to [0, 1], then (x − mean) / std per channel, in the stated order.
// Resizing is bilinear with antialiasing (PIL's BILINEAR), on 8-bit RGB.
struct Preprocessing {
  std::int64_t height = 0;  // pixels
  std::int64_t width = 0;   // pixels
  ResizeRule resize = ResizeRule::kStretch;
  std::int64_t resize_size = 0;  // pixels; for kShorterSide
  std::array<double, 3> mean = {0, 0, 0};
  std::array<double, 3> std = {1, 1, 1};
  ColourOrder colour = ColourOrder::kRgb;
  PixelType pixels = PixelType::kFloat32;
  // 0: [stimulus × channel × height × width]. Else [stimulus × time × channel × height × width]
  // with the image the same at each of so many time steps.
  std::int64_t time_steps = 0;
};

}  // namespace ventral

#endif  // VENTRAL_SCORING_BASE_PREPROCESSING_H_
