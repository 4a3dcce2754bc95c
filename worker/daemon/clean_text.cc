#include "worker/daemon/clean_text.h"

#include <cstdint>

namespace ventral {
namespace {

// Bytes of the UTF-8 sequence at the start of `text` (not empty), or 0 if it is ill-formed.
std::size_t SequenceLength(std::string_view text) {
  const auto byte = [&](std::size_t i) -> std::uint32_t {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const std::uint32_t first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4) return 0;
  std::uint32_t point = first & (0xffu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    point = point << 6 | (byte(i) & 0x3f);
  }
  const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
  const bool surrogate = point >= 0xd800 && point < 0xe000;
  return overlong || surrogate || point > 0x10ffff ? 0 : length;
}

bool IsRefusedControl(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7f;
}

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

}  // namespace

std::string CleanTail(std::string_view bytes, std::size_t max_bytes) {
  if (bytes.size() > max_bytes) {
    bytes.remove_prefix(bytes.size() - max_bytes);
    // The cut may stand inside a character.
    for (int i = 0; i < 3 && !bytes.empty() && IsContinuation(bytes.front()); ++i) {
      bytes.remove_prefix(1);
    }
  }
  std::string clean;
  clean.reserve(bytes.size());
  while (!bytes.empty()) {
    const std::size_t length = SequenceLength(bytes);
    if (length == 0 || IsRefusedControl(bytes.front())) {
      clean += '?';
      bytes.remove_prefix(1);
      continue;
    }
    clean += bytes.substr(0, length);
    bytes.remove_prefix(length);
  }
  return clean;
}

}  // namespace ventral
