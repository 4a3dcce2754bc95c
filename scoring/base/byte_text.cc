#include "scoring/base/byte_text.h"

#include <array>
#include <cstdio>

namespace ventral {

std::string ByteText(std::uint64_t bytes) {
  constexpr std::array kUnits = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  std::string text = std::to_string(bytes) + " bytes";
  if (bytes < 1024) return text;
  double value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  // As it is rounded: never "1024.0 KiB".
  for (; value >= 1023.95 && unit + 1 < kUnits.size(); ++unit) value /= 1024;
  std::array<char, 32> size{};
  std::snprintf(size.data(), size.size(), " (%.1f %s)", value, kUnits[unit]);
  return text + size.data();
}

}  // namespace ventral
