#include "server/store/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace ventral::store {
namespace {

// Bytes of the character that begins at `at`; 0 if there is no well-formed one (Unicode, table
// 3-7).
std::size_t CharacterLength(std::string_view bytes, std::size_t at) {
  const auto byte = [&](std::size_t i) -> unsigned {
    return at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0u;
  };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0u) == 0x80u; };
  const unsigned first = byte(0);
  if (first == 0) return 0;
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool overlong = first == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = first == 0xED && byte(1) > 0x9F;
    return follows(1) && follows(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool overlong = first == 0xF0 && byte(1) < 0x90;
    const bool beyond = first == 0xF4 && byte(1) > 0x8F;
    return follows(1) && follows(2) && follows(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

}  // namespace

bool IsText(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t length = CharacterLength(bytes, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

Status CheckTexts(std::initializer_list<std::pair<const char*, std::string_view>> fields) {
  for (const auto& [name, value] : fields) {
    if (!IsText(value))
      return InvalidInput(std::string(name) + " is not UTF-8 text, or holds a NUL character");
  }
  return Ok{};
}

std::string CleanText(std::string_view bytes, std::size_t max_bytes, Keep keep) {
  std::string clean;
  clean.reserve(std::min(bytes.size(), 2 * max_bytes));
  if (keep == Keep::kEnd && bytes.size() > max_bytes) {
    bytes.remove_prefix(bytes.size() - max_bytes);
    // The rest of a character whose beginning was cut off: at most three bytes.
    for (int i = 0;
         i < 3 && !bytes.empty() && (static_cast<unsigned char>(bytes[0]) & 0xC0u) == 0x80u; ++i) {
      bytes.remove_prefix(1);
    }
  }
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t length = CharacterLength(bytes, at);
    if (clean.size() + std::max<std::size_t>(length, 1) > max_bytes) break;
    if (length == 0) {
      clean += '?';
      ++at;
    } else {
      clean += bytes.substr(at, length);
      at += length;
    }
  }
  return clean;
}

bool IsUuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const char c = text[i];
    const bool fits = dash ? c == '-' : (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    if (!fits) return false;
  }
  return true;
}

std::string TextArray(const std::vector<std::optional<std::string>>& elements) {
  std::string array = "{";
  for (const auto& element : elements) {
    if (array.size() > 1) array += ',';
    if (!element) {
      array += "NULL";
      continue;
    }
    array += '"';
    for (char c : *element) {
      if (c == '"' || c == '\\') array += '\\';
      array += c;
    }
    array += '"';
  }
  return array + "}";
}

std::string TextArray(const std::vector<std::string>& elements) {
  return TextArray(std::vector<std::optional<std::string>>(elements.begin(), elements.end()));
}

std::string NumberText(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

Result<double> ParseNumber(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return CorruptData("the database holds '" + std::string(text) + "' where a number belongs");
  }
  return value;
}

}  // namespace ventral::store
