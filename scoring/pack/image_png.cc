// libpng reports errors by longjmp. So that no destructor is jumped over, everything that owns
// memory lives in Reader, outside the frame that setjmp marks, and that frame holds plain data only.
#include <png.h>

#include <cstring>
#include <optional>
#include <vector>

#include "scoring/pack/image_decoders.h"

namespace ventral {
namespace {

constexpr png_uint_32 kMaxSide = 1'000'000;
constexpr png_alloc_size_t kMaxChunk = 8 << 20;

struct Reader {
  std::string_view left;   // bytes not read yet
  char fault[160] = {};    // libpng's sentence
  std::optional<Error> error;
  Image image;
  std::vector<png_bytep> rows;
  png_structp png = nullptr;
  png_infop info = nullptr;

  ~Reader() { png_destroy_read_struct(&png, &info, nullptr); }
};

void OnError(png_structp png, png_const_charp message) {
  auto* reader = static_cast<Reader*>(png_get_error_ptr(png));
  std::strncpy(reader->fault, message, sizeof reader->fault - 1);
  png_longjmp(png, 1);
}

void OnWarning(png_structp, png_const_charp) {}

void OnRead(png_structp png, png_bytep out, std::size_t bytes) {
  auto* reader = static_cast<Reader*>(png_get_io_ptr(png));
  if (bytes > reader->left.size()) png_error(png, "truncated");
  std::memcpy(out, reader->left.data(), bytes);
  reader->left.remove_prefix(bytes);
}

// What PIL's convert("RGB") does: palettes and small greys are expanded, 16 bits keep their high
// byte, grey is repeated, alpha is dropped, gamma and colour profiles are ignored.
void AskForRgb8(png_structp png, png_infop info) {
  const png_byte colour = png_get_color_type(png, info);
  png_set_expand(png);
  png_set_strip_16(png);
  png_set_strip_alpha(png);
  if ((colour & PNG_COLOR_MASK_COLOR) == 0) png_set_gray_to_rgb(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
}

void PrepareRows(Reader& reader, std::uint64_t max_pixels) {
  Status space = AllocateImage(png_get_image_height(reader.png, reader.info),
                               png_get_image_width(reader.png, reader.info), max_pixels,
                               reader.image);
  if (!space.ok()) {
    reader.error = std::move(space).error();
    return;
  }
  // 16-bit grey has no agreed 8-bit form: PIL has changed its own between versions.
  if (png_get_color_type(reader.png, reader.info) == PNG_COLOR_TYPE_GRAY &&
      png_get_bit_depth(reader.png, reader.info) == 16) {
    reader.error = InvalidInput("is 16-bit grey; convert it to 8 bits");
    return;
  }
  for (std::int64_t y = 0; y < reader.image.height; ++y) {
    reader.rows.push_back(reader.image.rgb.data() + y * reader.image.width * 3);
  }
}

// False after a jump; the reason is in `fault`.
bool ReadHeader(Reader& reader) {
  if (setjmp(png_jmpbuf(reader.png))) return false;
  png_set_read_fn(reader.png, &reader, OnRead);
  png_set_user_limits(reader.png, kMaxSide, kMaxSide);
  png_set_chunk_malloc_max(reader.png, kMaxChunk);
  // Nothing but IHDR, PLTE, tRNS and IDAT matters, so no profile or text is ever inflated.
  png_set_keep_unknown_chunks(reader.png, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
  png_read_info(reader.png, reader.info);
  return true;
}

bool ReadPixels(Reader& reader) {
  if (setjmp(png_jmpbuf(reader.png))) return false;
  AskForRgb8(reader.png, reader.info);
  if (png_get_rowbytes(reader.png, reader.info) !=
      static_cast<std::size_t>(reader.image.width) * 3) {
    png_error(reader.png, "unexpected row size");
  }
  png_read_image(reader.png, reader.rows.data());
  png_read_end(reader.png, nullptr);
  return true;
}

}  // namespace

Result<Image> DecodePng(std::string_view bytes, std::uint64_t max_pixels) {
  Reader reader;
  reader.left = bytes;
  reader.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &reader, OnError, OnWarning);
  if (reader.png != nullptr) reader.info = png_create_info_struct(reader.png);
  if (reader.info == nullptr) return ResourceLimit("no memory for libpng");
  bool read = ReadHeader(reader);
  if (read) {
    PrepareRows(reader, max_pixels);
    if (reader.error) return *std::move(reader.error);
    read = ReadPixels(reader);
  }
  if (!read) return InvalidInput(std::string("is not a whole PNG: ") + reader.fault);
  return std::move(reader.image);
}

}  // namespace ventral
