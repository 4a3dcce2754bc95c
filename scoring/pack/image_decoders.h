// One decoder a format; ReadImage chooses. Each gets all bytes of the file.
#ifndef VENTRAL_SCORING_PACK_IMAGE_DECODERS_H_
#define VENTRAL_SCORING_PACK_IMAGE_DECODERS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "scoring/base/result.h"
#include "scoring/pack/image.h"

namespace ventral {

// @error invalid_input: truncated, corrupt, or a variant that is not read. resource_limit.
Result<Image> DecodePng(std::string_view bytes, std::uint64_t max_pixels);
Result<Image> DecodeJpeg(std::string_view bytes, std::uint64_t max_pixels);

// Space for the pixels. @error resource_limit if height × width passes `max_pixels`.
Status AllocateImage(std::uint64_t height, std::uint64_t width, std::uint64_t max_pixels,
                     Image& image);

}  // namespace ventral

#endif  // VENTRAL_SCORING_PACK_IMAGE_DECODERS_H_
