// How a checkpoint wants its images: part of the checkpoint's file, and so of its digest.
#ifndef VENTRAL_SCORING_BASE_PREPROCESSING_H_
#define VENTRAL_SCORING_BASE_PREPROCESSING_H_

#include <array>
#include <cstdint>

namespace ventral {

enum class ResizeRule {
  kStretch,      // to height × width, whatever the aspect ratio
  kShorterSide,  // shorter side to resize_size, then the centre height × width
};

enum class ColourOrder { kRgb, kBgr };

// Pixel values are first scaled to [0, 1], then (x − mean) / std per channel, in the stated order.
// Resizing is bilinear with antialiasing (PIL's BILINEAR), on 8-bit RGB.
struct Preprocessing {
  std::int64_t height = 0;       // pixels
  std::int64_t width = 0;        // pixels
  ResizeRule resize = ResizeRule::kStretch;
  std::int64_t resize_size = 0;  // pixels; for kShorterSide
  std::array<double, 3> mean = {0, 0, 0};
  std::array<double, 3> std = {1, 1, 1};
  ColourOrder colour = ColourOrder::kRgb;
};

}  // namespace ventral

#endif  // VENTRAL_SCORING_BASE_PREPROCESSING_H_
