#include "server/store/timestamp.h"

#include <charconv>
#include <cstdio>
#include <ctime>

namespace ventral::store {
namespace {
using std::chrono::microseconds;

// Reads `digits` digits and one following character of `separators`, or the end for an empty list.
bool Take(std::string_view& text, std::size_t digits, char separator, int& value) {
  if (text.size() < digits) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, value);
  if (error != std::errc() || end != text.data() + digits || value < 0) return false;
  text.remove_prefix(digits);
  if (separator == '\0') return true;
  if (text.empty() || text.front() != separator) return false;
  text.remove_prefix(1);
  return true;
}

// Up to six digits after the point.
bool TakeFraction(std::string_view& text, std::int64_t& micros) {
  micros = 0;
  if (text.empty() || text.front() != '.') return true;
  text.remove_prefix(1);
  std::int64_t unit = 100'000;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9' && unit > 0) {
    micros += (text.front() - '0') * unit;
    unit /= 10;
    text.remove_prefix(1);
  }
  return unit < 100'000;
}

}  // namespace

std::string TimestampText(TimePoint time) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  const auto micros = std::chrono::floor<microseconds>(time - whole).count();
  const std::time_t seconds = std::chrono::system_clock::to_time_t(whole);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%04d-%02d-%02d %02d:%02d:%02d.%06d+00",
                parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min,
                parts.tm_sec, static_cast<int>(micros));
  return buffer;
}

Result<TimePoint> ParseTimestamp(std::string_view text) {
  std::string_view rest = text;
  std::tm parts{};
  std::int64_t micros = 0;
  const bool whole = Take(rest, 4, '-', parts.tm_year) && Take(rest, 2, '-', parts.tm_mon) &&
                     Take(rest, 2, ' ', parts.tm_mday) && Take(rest, 2, ':', parts.tm_hour) &&
                     Take(rest, 2, ':', parts.tm_min) && Take(rest, 2, '\0', parts.tm_sec) &&
                     TakeFraction(rest, micros) && rest == "+00";
  if (!whole)
    return CorruptData("the database holds '" + std::string(text) + "' where a UTC time belongs");
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  return std::chrono::system_clock::from_time_t(timegm(&parts)) + microseconds(micros);
}

}  // namespace ventral::store
