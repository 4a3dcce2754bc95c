#include "scoring/network/zip_directory.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

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

constexpr std::uint64_t kLocalSize = 30;

struct DirectoryEntry {
  std::string name;
  ZipEntry about;
  std::uint64_t stored_bytes = 0;  // as the file holds it
  std::uint64_t offset = 0;        // of its local header
  std::uint64_t size = 0;          // of this entry in the directory
};

// Replaces each number that says "see zip64", in the order that they have there.
void ReadZip64(std::string_view extra, DirectoryEntry& entry) {
  std::uint64_t* numbers[] = {&entry.about.bytes, &entry.stored_bytes, &entry.offset};
  if (std::none_of(std::begin(numbers), std::end(numbers),
                   [](const auto* number) { return *number == kSee64; })) {
    return;
  }
  for (std::size_t at = 0; at + 4 <= extra.size();) {
    const std::uint64_t size = Number(extra, at + 2, 2);
    if (Number(extra, at, 2) != 1) {
      at += 4 + size;
      continue;
    }
    const std::string_view field = extra.substr(at + 4, size);
    std::size_t place = 0;
    for (std::uint64_t* number : numbers) {
      if (*number != kSee64) continue;
      *number = Number(field, place, 8);
      place += 8;
    }
    return;
  }
  Broken("no zip64 size");
}

DirectoryEntry ReadEntry(std::string_view bytes, std::size_t at) {
  if (Number(bytes, at, 4) != 0x02014b50) Broken("a directory entry has no signature");
  const std::uint64_t flags = Number(bytes, at + 8, 2), method = Number(bytes, at + 10, 2);
  const std::uint64_t name_size = Number(bytes, at + 28, 2), extra_size = Number(bytes, at + 30, 2);
  DirectoryEntry entry;
  entry.size = kEntrySize + name_size + extra_size + Number(bytes, at + 32, 2);
  if (entry.size > bytes.size() - at) Broken("a field is cut off (truncated?)");
  entry.name = bytes.substr(at + kEntrySize, name_size);
  entry.about = {static_cast<std::uint32_t>(Number(bytes, at + 16, 4)), Number(bytes, at + 24, 4)};
  entry.stored_bytes = Number(bytes, at + 20, 4);
  entry.offset = Number(bytes, at + 42, 4);
  constexpr std::uint64_t kStored = 0, kDeflated = 8;
  entry.about.compressed = method == kDeflated;
  if ((method != kStored && method != kDeflated) || (flags & 1) != 0)
    throw Refusal("record " + entry.name + " is compressed or encrypted");
  ReadZip64(bytes.substr(at + kEntrySize + name_size, extra_size), entry);
  if (!entry.about.compressed && entry.stored_bytes != entry.about.bytes)
    throw Refusal("record " + entry.name + " is stored with another size than it has");
  return entry;
}

// Names are keys, never paths of files; one that would leave its folder is no work of torch.export.
void CheckName(const std::string& name) {
  const std::string framed = "/" + name + "/";
  const bool leaves = name.starts_with('/') || framed.find("/../") != std::string::npos ||
                      name.find('\\') != std::string::npos || name.find('\0') != std::string::npos;
  if (!leaves) return;
  std::string shown = name.substr(0, 80);
  std::replace(shown.begin(), shown.end(), '\0', '?');
  throw Refusal("record '" + shown + "' has a name that leaves the archive");
}

// Where an entry's header and content lie: [first, second).
std::pair<std::uint64_t, std::uint64_t> ExtentOf(const DirectoryEntry& entry, std::string_view file,
                                                 std::uint64_t end) {
  const auto outside = [&] {
    throw Refusal("record " + entry.name + " lies outside the file (truncated?)");
  };
  if (entry.offset > end || end - entry.offset < kLocalSize) outside();
  const std::string_view local = file.substr(entry.offset, kLocalSize);
  if (Number(local, 0, 4) != 0x04034b50)
    throw Refusal("record " + entry.name + " has no header where the directory says");
  const std::uint64_t head = kLocalSize + Number(local, 26, 2) + Number(local, 28, 2);
  if (end - entry.offset < head || end - entry.offset - head < entry.stored_bytes) outside();
  return {entry.offset, entry.offset + head + entry.stored_bytes};
}

void CheckApart(std::vector<std::pair<std::uint64_t, std::uint64_t>> extents) {
  std::sort(extents.begin(), extents.end());
  for (std::size_t i = 1; i < extents.size(); ++i) {
    if (extents[i].first < extents[i - 1].second) Broken("two of its records overlap");
  }
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
  std::vector<std::pair<std::uint64_t, std::uint64_t>> extents;
  std::uint64_t claimed = 0;
  std::size_t at = 0;
  for (std::uint64_t i = 0; i < directory.entries; ++i) {
    const DirectoryEntry entry = ReadEntry(bytes, at);
    CheckName(entry.name);
    if (entry.stored_bytes > file_bytes - claimed) {
      throw Refusal("record " + entry.name + " claims " + std::to_string(entry.stored_bytes) +
                    " bytes, more than the file has");
    }
    claimed += entry.stored_bytes;
    extents.push_back(ExtentOf(entry, file, directory.offset));
    if (!entries.emplace(entry.name, entry.about).second)
      throw Refusal("record " + entry.name + " stands twice in the archive");
    at += entry.size;
  }
  CheckApart(std::move(extents));
  return entries;
}

}  // namespace ventral
