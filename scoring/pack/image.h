// PNG and JPEG to 8-bit RGB, through libpng and libjpeg-turbo. Images are hostile.
#ifndef VENTRAL_SCORING_PACK_IMAGE_H_
#define VENTRAL_SCORING_PACK_IMAGE_H_

#include <cstdint>
#include <filesystem>
#include <vector>

#include "scoring/base/mapped_file.h"
#include "scoring/base/result.h"

namespace ventral {

struct Image {
  std::int64_t height = 0;  // pixels
  std::int64_t width = 0;   // pixels
  std::vector<std::uint8_t> rgb;  // [height × width × 3], row-major
};

inline constexpr std::uint64_t kMaxImagePixels = 50'000'000;

// Bit-equal to PIL's Image.open(file).convert("RGB"). The format is told by the first bytes, not the
// name. Grey is repeated; alpha is dropped; palettes are expanded.
// @error invalid_input names the file: neither PNG nor JPEG, truncated, corrupt.
// @error resource_limit if height × width passes `max_pixels` (checked before allocation).
Result<Image> DecodeImage(const FileView& file, std::uint64_t max_pixels = kMaxImagePixels);

// DecodeImage of a file on disk.
// @error not_found; invalid_input if it is no regular file; resource_limit if it has more bytes
// than an image of `max_pixels` can have.
Result<Image> ReadImage(const std::filesystem::path& file,
                        std::uint64_t max_pixels = kMaxImagePixels);

}  // namespace ventral

#endif  // VENTRAL_SCORING_PACK_IMAGE_H_
