#include "scoring/pack/pack_path.h"

#include <algorithm>
#include <fstream>

#include "scoring/pack/pack.h"

namespace ventral {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMaxPath = 512;

std::string Quoted(std::string_view text) {
  std::string quoted(1, '\'');
  return quoted.append(text).append(1, '\'');
}

// Number of bytes of the UTF-8 character that starts `text`; 0 if there is none.
std::size_t CharacterLength(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const unsigned second = byte(1);
  if (first == 0xE0 && second < 0xA0) return 0;  // overlong
  if (first == 0xED && second > 0x9F) return 0;  // surrogates
  if (first == 0xF0 && second < 0x90) return 0;  // overlong
  if (first == 0xF4 && second > 0x8F) return 0;  // past U+10FFFF
  return length;
}

bool IsInside(const fs::path& root, const fs::path& file) {
  const auto [at_root, at_file] =
      std::mismatch(root.begin(), root.end(), file.begin(), file.end());
  return at_root == root.end() && at_file != file.end();
}

}  // namespace

bool IsPlainText(std::string_view text) {
  while (!text.empty()) {
    const auto first = static_cast<unsigned char>(text[0]);
    if (first < 0x20 || first == 0x7F) return false;
    const std::size_t length = CharacterLength(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

bool IsPackName(std::string_view name) {
  if (name.empty() || name.size() > 64 || name[0] == '_' || name[0] == '-') return false;
  return name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") == name.npos;
}

Status CheckPackPath(std::string_view path) {
  // What cannot be printed is not repeated in the message.
  if (!IsPlainText(path)) {
    return InvalidInput("a path has control characters or is not UTF-8; name files in plain UTF-8");
  }
  if (path.empty() || path.size() > kMaxPath) {
    return InvalidInput("a path has " + std::to_string(path.size()) +
                        " bytes; it must have 1 to " + std::to_string(kMaxPath));
  }
  if (path.find('\\') != path.npos) {
    return InvalidInput("path " + Quoted(path) + " has a backslash; write '/' between folders");
  }
  for (std::string_view rest = path;;) {
    const std::size_t slash = rest.find('/');
    const std::string_view part = rest.substr(0, slash);
    if (part.empty() || part == "." || part == "..") {
      return InvalidInput("path " + Quoted(path) +
                          " must be relative to the pack, without empty parts, '.' and '..'");
    }
    if (slash == rest.npos) return Ok{};
    rest.remove_prefix(slash + 1);
  }
}

Result<fs::path> ResolveInPack(const fs::path& root, std::string_view relative) {
  VENTRAL_RETURN_IF_ERROR(CheckPackPath(relative));
  std::error_code failure;
  const fs::path base = fs::canonical(root, failure);
  if (failure) return NotFound("there is no folder " + root.string());
  const fs::path file = fs::canonical(base / fs::path(relative), failure);
  if (failure) return NotFound("the pack has no file " + Quoted(relative));
  if (!IsInside(base, file)) {
    return InvalidInput(Quoted(relative) +
                        " is a symbolic link that leaves the pack; put the file itself there");
  }
  if (!fs::is_regular_file(file, failure)) {
    return InvalidInput(Quoted(relative) + " is not a regular file");
  }
  return file;
}

Result<std::string> ReadBoundedFile(const fs::path& file, std::uint64_t max_bytes,
                                    std::string_view name) {
  std::error_code failure;
  const fs::file_status status = fs::status(file, failure);
  if (!fs::exists(status)) return NotFound("there is no file " + Quoted(name));
  if (!fs::is_regular_file(status)) return InvalidInput(Quoted(name) + " is not a regular file");
  const std::uint64_t bytes = fs::file_size(file, failure);
  if (failure) return Unavailable("cannot read " + Quoted(name), failure.message());
  if (bytes > max_bytes) {
    return ResourceLimit(Quoted(name) + " has " + std::to_string(bytes) + " bytes; at most " +
                         std::to_string(max_bytes) + " are read");
  }
  std::ifstream in(file, std::ios::binary);
  std::string content(bytes, '\0');
  if (!in.read(content.data(), static_cast<std::streamsize>(bytes))) {
    return Unavailable("cannot read " + Quoted(name), "short read");
  }
  return content;
}

}  // namespace ventral
