// A whole pack of four stimuli, small enough to break in every place.
#ifndef VENTRAL_TESTS_UNIT_PACK_SMALL_PACK_H_
#define VENTRAL_TESTS_UNIT_PACK_SMALL_PACK_H_

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace ventral::testing {

// .npy 1.0 with this header literal and these bytes after it.
std::string NpyBytes(std::string_view literal, std::string_view data);
// float32, C order.
std::string NpyFloats(const std::vector<std::int64_t>& shape, const std::vector<float>& values);

// Images of `width` × `height` whose pixel (x, y) is (x, y, x + y), and the same as JPEG.
std::string SmallPng(int width, int height);
std::string SmallJpeg(int width, int height);

// pack.json of the small pack, with the first `from` replaced by `to`.
std::string SmallManifest(std::string_view from = {}, std::string_view to = {});

// Writes stimuli a, b (PNG), c, d (JPEG); recordings "it" [2 subjects × 2 sessions] RDMs, "v4" of
// 3 neuroids and its trials with 2 repeats, one of them missing.
void WriteSmallPack(const std::filesystem::path& folder);

}  // namespace ventral::testing

#endif  // VENTRAL_TESTS_UNIT_PACK_SMALL_PACK_H_
