#include "scoring/network/zip_directory.h"

#include <algorithm>
#include <string_view>

#include "scoring/network/torch_contained.h"

namespace ventral {
namespace {

constexpr std::uint64_t kEndSize = 22;
constexpr std::uint64_t kEnd64Size = 56;
constexpr std::uint64_t kLocatorSize = 20;
constexpr std::uint64_t kEntrySize = 46;
constexpr std::uint64_t kMaxComment = 65535;
constexpr std::uint64_t kMaxDirectoryBytes = 256ull << 20;
constexpr std::uint64_t kSee64 = 0xffffffff;

[[noreturn]] void Broken(const char* reason) {
  throw Refusal(std::string("broken zip archive: ") + reason);
}

// Little-endian, bounds checked.
std::uint64_t Number(std::string_view bytes, std::size_t at, int width) {
  if (at + static_cast<std::size_t>(width) > bytes.size())
    Broken("a field is cut off (truncated?)");
  std::uint64_t value = 0;
  for (int i = width - 1; i >= 0; --i) {
    value = value << 8 | static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(i)]);
  }
  return value;
}

struct Directory {
  std::uint64_t entries, bytes, offset;
};

Directory FindDirectory(std::string_view file) {
  const std::uint64_t file_bytes = file.size();
  if (file_bytes < kEndSize) throw Refusal("not a zip archive");
  const std::uint64_t tail_bytes = std::min(file_bytes, kEndSize + kMaxComment);
  const std::string_view tail = file.substr(file_bytes - tail_bytes);
  const std::size_t end = tail.rfind("PK\x05\x06");
  if (end == std::string_view::npos)
    throw Refusal("not a zip archive, or truncated (no end record)");
  Directory directory{Number(tail, end + 10, 2), Number(tail, end + 12, 4),
                      Number(tail, end + 16, 4)};
  const std::uint64_t end_offset = file_bytes - tail_bytes + end;
  if (end_offset < kLocatorSize) return directory;
  const std::string_view locator = file.substr(end_offset - kLocatorSize, kLocatorSize);
  if (!locator.starts_with("PK\x06\x07")) return directory;
  const std::uint64_t end64_offset = Number(locator, 8, 8);
  if (end64_offset > file_bytes || file_bytes - end64_offset < kEnd64Size)
    Broken("zip64 end record");
  const std::string_view end64 = file.substr(end64_offset, kEnd64Size);
  if (!end64.starts_with("PK\x06\x06")) Broken("zip64 end record");
  return {Number(end64, 32, 8), Number(end64, 40, 8), Number(end64, 48, 8)};
}

// The uncompressed size from the zip64 extra field, where it stands first.
std::uint64_t Size64(std::string_view extra) {
  for (std::size_t at = 0; at + 4 <= extra.size();) {
    const std::uint64_t size = Number(extra, at + 2, 2);
    if (Number(extra, at, 2) == 1) return Number(extra, at + 4, 8);
    at += 4 + size;
  }
  Broken("no zip64 size");
}

}  // namespace

std::unordered_map<std::string, ZipEntry> ReadZipDirectory(std::string_view file,
                                                           std::int64_t max_records) {
  const std::uint64_t file_bytes = file.size();
  const Directory directory = FindDirectory(file);
  if (directory.entries > static_cast<std::uint64_t>(max_records)) {
    throw Refusal(std::to_string(directory.entries) + " records, at most " +
                  std::to_string(max_records) + " are allowed");
  }
  if (directory.offset > file_bytes || directory.bytes > file_bytes - directory.offset ||
      directory.bytes > kMaxDirectoryBytes) {
    Broken("its directory lies outside the file (truncated?)");
  }
  const std::string_view bytes = file.substr(directory.offset, directory.bytes);
  std::unordered_map<std::string, ZipEntry> entries;
  std::uint64_t claimed = 0;
  std::size_t at = 0;
  for (std::uint64_t i = 0; i < directory.entries; ++i) {
    if (Number(bytes, at, 4) != 0x02014b50) Broken("a directory entry has no signature");
    const std::uint64_t flags = Number(bytes, at + 8, 2), method = Number(bytes, at + 10, 2);
    const std::uint64_t name_size = Number(bytes, at + 28, 2),
                        extra_size = Number(bytes, at + 30, 2);
    const std::uint64_t comment_size = Number(bytes, at + 32, 2);
    if (at + kEntrySize + name_size + extra_size + comment_size > bytes.size())
      Broken("a field is cut off (truncated?)");
    const std::string name(bytes.substr(at + kEntrySize, name_size));
    ZipEntry entry{static_cast<std::uint32_t>(Number(bytes, at + 16, 4)),
                   Number(bytes, at + 24, 4)};
    if (entry.bytes == kSee64) {
      entry.bytes = Size64(bytes.substr(at + kEntrySize + name_size, extra_size));
    }
    if (method != 0 || (flags & 1) != 0)
      throw Refusal("record " + name + " is compressed or encrypted");
    if (entry.bytes > file_bytes - claimed) {
      throw Refusal("record " + name + " claims " + std::to_string(entry.bytes) +
                    " bytes, more than the file has");
    }
    claimed += entry.bytes;
    if (!entries.emplace(name, entry).second)
      throw Refusal("record " + name + " stands twice in the archive");
    at += kEntrySize + name_size + extra_size + comment_size;
  }
  return entries;
}

}  // namespace ventral
