#include "scoring/pack/image.h"

#include "scoring/pack/image_decoders.h"
#include "scoring/pack/pack_path.h"

namespace ventral {
namespace {

// The largest stored pixel (16-bit RGBA) uncompressed, and space for what cameras write beside it.
constexpr std::uint64_t kBytesPerPixel = 8;
constexpr std::uint64_t kMetadataBytes = 16 << 20;

Result<Image> Decode(std::string_view bytes, std::uint64_t max_pixels) {
  if (bytes.starts_with("\x89PNG\r\n\x1a\n")) return DecodePng(bytes, max_pixels);
  if (bytes.starts_with("\xff\xd8\xff")) return DecodeJpeg(bytes, max_pixels);
  return InvalidInput("is neither PNG nor JPEG; convert the image to one of them");
}

}  // namespace

Status AllocateImage(std::uint64_t height, std::uint64_t width, std::uint64_t max_pixels,
                     Image& image) {
  if (height == 0 || width == 0) return InvalidInput("has no pixels");
  if (height > max_pixels / width) {
    return ResourceLimit("has " + std::to_string(width) + " × " + std::to_string(height) +
                         " pixels; at most " + std::to_string(max_pixels) + " are decoded");
  }
  image.height = static_cast<std::int64_t>(height);
  image.width = static_cast<std::int64_t>(width);
  image.rgb.resize(height * width * 3);
  return Ok{};
}

Result<Image> DecodeImage(const FileView& file, std::uint64_t max_pixels) {
  auto image = Decode(file.bytes, max_pixels);
  if (!image.ok()) return std::move(image).error().Within(file.name);
  return image;
}

Result<Image> ReadImage(const std::filesystem::path& file, std::uint64_t max_pixels) {
  const std::string name = file.string();
  const auto bytes = ReadBoundedFile(file, max_pixels * kBytesPerPixel + kMetadataBytes, name);
  if (!bytes.ok()) return bytes.error();
  return DecodeImage({name, *bytes}, max_pixels);
}

}  // namespace ventral
