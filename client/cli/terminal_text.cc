#include "client/cli/terminal_text.h"

#include <locale.h>
#include <wchar.h>

#include <algorithm>
#include <cstdint>

namespace ventral::cli {
namespace {

// One code point and its length in bytes; what is no UTF-8 is kNoCharacter, one byte long.
struct CodePoint {
  char32_t value;
  std::size_t bytes;
};
constexpr char32_t kNoCharacter = 0xffffffff;

CodePoint Decode(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {lead, 1};
  const std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < bytes) return {kNoCharacter, 1};
  char32_t value = lead & (0x7fu >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xc0) != 0x80) return {kNoCharacter, 1};
    value = value << 6 | (next & 0x3fu);
  }
  static constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (value < kSmallest[bytes] || value > 0x10ffff || surrogate) return {kNoCharacter, 1};
  return {value, bytes};
}

bool CommandsTerminal(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x61c || (c >= 0x200e && c <= 0x200f) ||
         (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == kNoCharacter;
}

// wcwidth asks the thread's locale; this one knows Unicode whatever the user has set.
std::size_t WidthOf(char32_t c) {
  static const locale_t unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", locale_t{});
  if (unicode == locale_t{}) return 1;
  const locale_t before = uselocale(unicode);
  const int width = wcwidth(static_cast<wchar_t>(c));
  uselocale(before);
  return width < 0 ? 1 : static_cast<std::size_t>(width);
}

}  // namespace

std::string Printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const CodePoint point = Decode(text);
    if (CommandsTerminal(point.value)) {
      out += '?';
    } else {
      out += text.substr(0, point.bytes);
    }
    text.remove_prefix(point.bytes);
  }
  return out;
}

std::string PrintableLines(std::string_view text) {
  std::string out;
  while (true) {
    const std::size_t end = text.find('\n');
    out += Printable(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    out += '\n';
    text.remove_prefix(end + 1);
  }
}

std::size_t DisplayWidth(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const CodePoint point = Decode(text);
    width += WidthOf(point.value);
    text.remove_prefix(point.bytes);
  }
  return width;
}

std::string ShortenedTo(std::size_t columns, const std::string& text) {
  if (DisplayWidth(text) <= columns) return text;
  if (columns == 0) return "";
  std::string_view rest = text;
  std::size_t width = 0;
  while (true) {
    const CodePoint point = Decode(rest);
    width += WidthOf(point.value);
    if (width > columns - 1) break;
    rest.remove_prefix(point.bytes);
  }
  return text.substr(0, text.size() - rest.size()) + "…";
}

}  // namespace ventral::cli
