// The files of a pack, as the builder writes them.
#ifndef VENTRAL_SCORING_PACK_BUILD_PACK_WRITER_H_
#define VENTRAL_SCORING_PACK_BUILD_PACK_WRITER_H_

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "scoring/base/result.h"
#include "scoring/pack/image.h"
#include "scoring/pack/npy.h"

namespace ventral {

// All of them make the folders above `file`. @error unavailable names the file.
Status WriteBytes(const std::filesystem::path& file, std::string_view bytes);
// .npy 1.0, little-endian, C order. Requires as many values as `shape` says.
struct WrittenArray {
  const std::vector<std::int64_t>& shape;
  const std::vector<double>& values;
  bool wide = false;  // float64; else float32
};
Status WriteNpy(const std::filesystem::path& file, const WrittenArray& array);
// 8-bit RGB.
Status WritePng(const std::filesystem::path& file, const Image& image);
// RFC 4180 with '\n'; `rows` with the header first.
Status WriteCsv(const std::filesystem::path& file,
                const std::vector<std::vector<std::string>>& rows);

}  // namespace ventral

#endif  // VENTRAL_SCORING_PACK_BUILD_PACK_WRITER_H_
