// PNG and JPEG to 8-bit RGB, through libpng and libjpeg-turbo. Images are hostile.
#ifndef VENTRAL_SCORING_PACK_IMAGE_H_
#define VENTRAL_SCORING_PACK_IMAGE_H_

#include <cstdint>
#include <filesystem>
#include <vector>

#include "scoring/base/result.h"

namespace ventral {

struct Image {
  std::int64_t height = 0;  // pixels
  std::int64_t width = 0;   // pixels
  std::vector<std::uint8_t> rgb;  // [height × width × 3], row-major
};

// Bit-equal to PIL's Image.open(file).convert("RGB"). The format is told by the first bytes, not the
// name. Grey is repeated; alpha is dropped; palettes are expanded.
// @error invalid_input names the file: neither PNG nor JPEG, truncated, corrupt.
// @error resource_limit if height × width passes `max_pixels` (checked before allocation).
Result<Image> ReadImage(const std::filesystem::path& file, std::uint64_t max_pixels = 50'000'000);

}  // namespace ventral

#endif  // VENTRAL_SCORING_PACK_IMAGE_H_
