// Bilinear resizing with antialiasing on 8-bit RGB, bit-equal to Pillow's Image.resize(…,
// BILINEAR).
#ifndef VENTRAL_SCORING_FEATURES_RESIZE_H_
#define VENTRAL_SCORING_FEATURES_RESIZE_H_

#include "scoring/base/preprocessing.h"
#include "scoring/pack/image.h"

namespace ventral {

// Requires positive sizes. Separable, width first, weights in 22-bit fixed point and 8 bits between
// the two, as Pillow computes it (src/libImaging/Resample.c): equal on every machine. Pillow 13
// turns the order where height shrinks much more than width: then it differs from this, and from
// Pillow 12, by 1.
Image ResizeBilinear(const Image& image, std::int64_t height, std::int64_t width);

// `image` as `preprocessing` wants it: height × width. For kShorterSide the shorter side becomes
// resize_size, the longer ⌊resize_size · longer ÷ shorter⌋, and the centre is cut out
// (torchvision's Resize and CenterCrop).
Image FitImage(const Image& image, const Preprocessing& preprocessing);

}  // namespace ventral

#endif  // VENTRAL_SCORING_FEATURES_RESIZE_H_
