// As image_png.cc: libjpeg jumps, so all owners live in Reader, outside the frames of setjmp.
#include <csetjmp>
#include <cstdio>
// jpeglib.h needs size_t and FILE before it.
#include <jpeglib.h>

#include <jerror.h>

#include <algorithm>
#include <vector>

#include "scoring/pack/image_decoders.h"

namespace ventral {
namespace {

// Progressive scans cost a pass over the picture each, and a few bytes can ask for one.
constexpr int kMaxScans = 200;

struct Reader {
  jpeg_decompress_struct jpeg = {};
  jpeg_error_mgr errors = {};
  jpeg_progress_mgr progress = {};
  std::jmp_buf on_error;
  char fault[JMSG_LENGTH_MAX] = {};
  Image image;
  std::vector<JSAMPLE> cmyk;  // one row, for pictures with four inks

  ~Reader() { jpeg_destroy_decompress(&jpeg); }
};

Reader& ReaderOf(j_common_ptr jpeg) { return *static_cast<Reader*>(jpeg->client_data); }

void OnError(j_common_ptr jpeg) {
  Reader& reader = ReaderOf(jpeg);
  reader.errors.format_message(jpeg, reader.fault);
  std::longjmp(reader.on_error, 1);
}

// libjpeg warns and fills up with grey where PIL raises; these warnings leave every pixel as it
// was.
bool IsHarmless(int warning) {
  return warning == JWRN_EXTRANEOUS_DATA || warning == JWRN_ADOBE_XFORM ||
         warning == JWRN_JFIF_MAJOR || warning == JWRN_TOO_MUCH_DATA;
}

void OnMessage(j_common_ptr jpeg, int level) {
  if (level < 0 && !IsHarmless(jpeg->err->msg_code)) OnError(jpeg);
}

void OnOutput(j_common_ptr) {}

void OnProgress(j_common_ptr jpeg) {
  if (reinterpret_cast<j_decompress_ptr>(jpeg)->input_scan_number <= kMaxScans) return;
  Reader& reader = ReaderOf(jpeg);
  std::snprintf(reader.fault, sizeof reader.fault, "more than %d scans", kMaxScans);
  std::longjmp(reader.on_error, 1);
}

// False after a jump; the reason is in `fault`.
bool ReadHeader(Reader& reader, std::string_view bytes) {
  if (setjmp(reader.on_error)) return false;
  jpeg_create_decompress(&reader.jpeg);
  reader.jpeg.client_data = &reader;
  reader.jpeg.progress = &reader.progress;
  jpeg_mem_src(&reader.jpeg, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  jpeg_read_header(&reader.jpeg, TRUE);
  const bool inks = reader.jpeg.num_components == 4;
  reader.jpeg.out_color_space = inks ? JCS_CMYK : JCS_RGB;
  return true;
}

// PIL's arithmetic: Adobe stores inks inverted, and a · b / 255 is rounded as in Convert.c.
void InksToRgb(const JSAMPLE* cmyk, std::int64_t width, std::uint8_t* rgb) {
  for (std::int64_t x = 0; x < width; ++x, cmyk += 4, rgb += 3) {
    const int light = cmyk[3];
    for (int c = 0; c < 3; ++c) {
      const int product = (255 - cmyk[c]) * light + 128;
      rgb[c] = static_cast<std::uint8_t>(
          std::clamp(light - ((product >> 8) + product) / 256, 0, 255));
    }
  }
}

bool ReadPixels(Reader& reader) {
  if (setjmp(reader.on_error)) return false;
  jpeg_decompress_struct& jpeg = reader.jpeg;
  jpeg_start_decompress(&jpeg);
  while (jpeg.output_scanline < jpeg.output_height) {
    const std::size_t row_bytes = static_cast<std::size_t>(jpeg.output_width) * 3;
    std::uint8_t* const row = reader.image.rgb.data() + jpeg.output_scanline * row_bytes;
    JSAMPROW target = reader.cmyk.empty() ? row : reader.cmyk.data();
    jpeg_read_scanlines(&jpeg, &target, 1);
    if (!reader.cmyk.empty()) InksToRgb(reader.cmyk.data(), reader.image.width, row);
  }
  jpeg_finish_decompress(&jpeg);
  return true;
}

}  // namespace

Result<Image> DecodeJpeg(std::string_view bytes, std::uint64_t max_pixels) {
  Reader reader;
  reader.jpeg.err = jpeg_std_error(&reader.errors);
  reader.jpeg.client_data = &reader;
  reader.errors.error_exit = OnError;
  reader.errors.emit_message = OnMessage;
  reader.errors.output_message = OnOutput;
  reader.progress.progress_monitor = OnProgress;
  bool read = ReadHeader(reader, bytes);
  if (read) {
    VENTRAL_RETURN_IF_ERROR(AllocateImage(reader.jpeg.image_height, reader.jpeg.image_width,
                                          max_pixels, reader.image));
    if (reader.jpeg.out_color_space == JCS_CMYK) {
      reader.cmyk.resize(static_cast<std::size_t>(reader.jpeg.image_width) * 4);
    }
    read = ReadPixels(reader);
  }
  if (!read) return InvalidInput(std::string("is not a whole JPEG: ") + reader.fault);
  return std::move(reader.image);
}

}  // namespace ventral
