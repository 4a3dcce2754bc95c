#include "scoring/pack/build/pack_writer.h"

#include <png.h>

#include <fstream>

namespace ventral {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kNpyAlignment = 64;

void MakeFolderOf(const fs::path& file) {
  std::error_code seen_when_writing;
  fs::create_directories(file.parent_path(), seen_when_writing);
}

std::string NpyHeaderBytes(const std::vector<std::int64_t>& shape, bool wide) {
  std::string header =
      std::string("{'descr': '") + (wide ? "<f8" : "<f4") + "', 'fortran_order': False, 'shape': (";
  for (const std::int64_t size : shape) header += std::to_string(size) + ",";
  header += "), }";
  constexpr std::size_t kPrefix = 10;
  header.append(kNpyAlignment - (kPrefix + header.size() + 1) % kNpyAlignment, ' ');
  header += '\n';
  std::string start("\x93NUMPY\x01\0", 8);
  start += static_cast<char>(header.size() & 0xFF);
  start += static_cast<char>(header.size() >> 8);
  return start + header;
}

std::string Quoted(const std::string& field) {
  if (field.find_first_of(",\"\r\n") == field.npos) return field;
  std::string quoted(1, '"');
  for (const char c : field) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

}  // namespace

Status WriteBytes(const fs::path& file, std::string_view bytes) {
  MakeFolderOf(file);
  std::ofstream out(file, std::ios::binary);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!out.flush()) return Unavailable("cannot write " + file.string());
  return Ok{};
}

Status WriteNpy(const fs::path& file, const WrittenArray& array) {
  std::string bytes = NpyHeaderBytes(array.shape, array.wide);
  bytes.reserve(bytes.size() + array.values.size() * (array.wide ? sizeof(double) : sizeof(float)));
  for (const double value : array.values) {
    const auto narrow = static_cast<float>(value);
    const char* stored =
        array.wide ? reinterpret_cast<const char*>(&value) : reinterpret_cast<const char*>(&narrow);
    bytes.append(stored, array.wide ? sizeof value : sizeof narrow);
  }
  return WriteBytes(file, bytes);
}

Status WritePng(const fs::path& file, const Image& image) {
  MakeFolderOf(file);
  png_image png = {};
  png.version = PNG_IMAGE_VERSION;
  png.format = PNG_FORMAT_RGB;
  png.height = static_cast<png_uint_32>(image.height);
  png.width = static_cast<png_uint_32>(image.width);
  if (png_image_write_to_file(&png, file.c_str(), 0, image.rgb.data(), 0, nullptr) == 0) {
    return Unavailable("cannot write " + file.string(), png.message);
  }
  return Ok{};
}

Status WriteCsv(const fs::path& file, const std::vector<std::vector<std::string>>& rows) {
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) text += (i == 0 ? "" : ",") + Quoted(row[i]);
    text += '\n';
  }
  return WriteBytes(file, text);
}

}  // namespace ventral
