#include "tests/unit/pack/small_pack.h"

#include <png.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
// jpeglib.h needs stdio before it.
#include <jpeglib.h>

#include "tests/support/files.h"

namespace ventral::testing {
namespace {

std::vector<std::uint8_t> Pixels(int width, int height) {
  std::vector<std::uint8_t> rgb;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (const int value : {x, y, x + y}) rgb.push_back(static_cast<std::uint8_t>(value));
    }
  }
  return rgb;
}

constexpr std::string_view kSmallManifest = R"({
  "format": 1, "id": "small", "version": "1.2.3", "title": "Four stimuli", "citation": "None",
  "licence": "CC0-1.0",
  "stimuli": {"file": "stimuli.csv", "count": 4},
  "recordings": [
    {"id": "it", "kind": "rdms", "file": "it.npy",
     "axes": ["subject", "session", "stimulus", "stimulus"], "species": "human", "region": "IT",
     "modality": "fmri", "units": "1 - r", "subjects": 2, "degrees": 2.5},
    {"id": "v4", "kind": "responses", "file": "arrays/v4.npy", "axes": ["stimulus", "neuroid"],
     "species": "macaque", "region": "V4", "modality": "electrophysiology", "units": "spikes",
     "subjects": 1},
    {"id": "v4_trials", "kind": "responses", "file": "arrays/trials.npy",
     "axes": ["repeat", "stimulus", "neuroid"], "species": "macaque", "region": "V4",
     "modality": "electrophysiology", "units": "spikes", "subjects": 1}
  ],
  "benchmarks": [
    {"id": "small.it.rsa", "recording": "it", "metric": "rsa", "seed": 18446744073709551615,
     "options": {"comparator": "spearman", "bootstrap": 1000, "level": 0.5, "exact": true,
                 "penalties": [1, 2.5]}},
    {"id": "small.v4.ridge", "recording": "v4", "trials": "v4_trials", "metric": "ridge", "seed": 7}
  ]
})";

}  // namespace

std::string NpyBytes(std::string_view literal, std::string_view data) {
  std::string bytes("\x93NUMPY\x01\0", 8);
  bytes += static_cast<char>(literal.size() & 0xFF);
  bytes += static_cast<char>(literal.size() >> 8);
  return bytes.append(literal).append(data);
}

std::string NpyFloats(const std::vector<std::int64_t>& shape, const std::vector<float>& values) {
  std::string literal = "{'descr': '<f4', 'fortran_order': False, 'shape': (";
  for (const auto size : shape) literal += std::to_string(size) + ",";
  return NpyBytes(literal + "), }\n", std::string_view(reinterpret_cast<const char*>(values.data()),
                                                       values.size() * sizeof(float)));
}

std::string SmallPng(int width, int height) {
  png_image png = {};
  png.version = PNG_IMAGE_VERSION;
  png.format = PNG_FORMAT_RGB;
  png.width = static_cast<png_uint_32>(width);
  png.height = static_cast<png_uint_32>(height);
  const auto rgb = Pixels(width, height);
  png_alloc_size_t bytes = 0;
  png_image_write_to_memory(&png, nullptr, &bytes, 0, rgb.data(), 0, nullptr);
  std::string file(bytes, '\0');
  png_image_write_to_memory(&png, file.data(), &bytes, 0, rgb.data(), 0, nullptr);
  file.resize(bytes);
  return file;
}

std::string SmallJpeg(int width, int height) {
  auto rgb = Pixels(width, height);
  jpeg_compress_struct jpeg;
  jpeg_error_mgr errors;
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* memory = nullptr;
  unsigned long bytes = 0;
  jpeg_mem_dest(&jpeg, &memory, &bytes);
  jpeg.image_width = static_cast<JDIMENSION>(width);
  jpeg.image_height = static_cast<JDIMENSION>(height);
  jpeg.input_components = 3;
  jpeg.in_color_space = JCS_RGB;
  jpeg_set_defaults(&jpeg);
  jpeg_start_compress(&jpeg, TRUE);
  while (jpeg.next_scanline < jpeg.image_height) {
    JSAMPROW row = rgb.data() + jpeg.next_scanline * jpeg.image_width * 3;
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  std::string file(reinterpret_cast<char*>(memory), bytes);
  std::free(memory);
  return file;
}

std::string SmallManifest(std::string_view from, std::string_view to) {
  std::string manifest(kSmallManifest);
  if (from.empty()) return manifest;
  const std::size_t at = manifest.find(from);
  EXPECT_NE(at, std::string::npos) << "nothing to replace: " << from;
  return at == std::string::npos ? manifest : manifest.replace(at, from.size(), to);
}

void WriteSmallPack(const std::filesystem::path& folder) {
  WriteFile(folder / "pack.json", SmallManifest());
  WriteFile(folder / "stimuli.csv",
            "stimulus_id,category,file\n"
            "a,\"face, human\",stimuli/a.png\nb,thing,stimuli/b.png\n"
            "c,thing,stimuli/c.jpg\nd,thing,stimuli/d.jpg\n");
  WriteFile(folder / "stimuli/a.png", SmallPng(5, 4));
  WriteFile(folder / "stimuli/b.png", SmallPng(8, 8));
  WriteFile(folder / "stimuli/c.jpg", SmallJpeg(9, 7));
  WriteFile(folder / "stimuli/d.jpg", SmallJpeg(16, 16));
  std::vector<float> rdms;
  for (int rdm = 0; rdm < 4; ++rdm) {
    for (int i = 0; i < 4; ++i) {
      for (int j = 0; j < 4; ++j) {
        rdms.push_back(i == j ? 0.0f : static_cast<float>(1 + rdm + i + j) / 8);
      }
    }
  }
  WriteFile(folder / "it.npy", NpyFloats({2, 2, 4, 4}, rdms));
  std::vector<float> responses, trials;
  for (int i = 0; i < 12; ++i) responses.push_back(static_cast<float>(i * i % 7));
  for (int i = 0; i < 24; ++i) trials.push_back(i == 17 ? NAN : static_cast<float>(i % 5));
  WriteFile(folder / "arrays/v4.npy", NpyFloats({4, 3}, responses));
  WriteFile(folder / "arrays/trials.npy", NpyFloats({2, 4, 3}, trials));
}

}  // namespace ventral::testing
