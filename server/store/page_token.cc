#include "server/store/page_token.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

#include "server/store/text.h"

namespace ventral::store {
namespace {

constexpr std::size_t kMaxToken = 1024;

std::optional<int> Digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return std::nullopt;
}

}  // namespace

Error BadPageToken(std::string_view list) {
  return InvalidInput("page_token is not one that listing " + std::string(list) +
                      " gave: leave it empty to begin at the first page");
}

std::string MakePageToken(std::string_view list, std::string_view key) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string token;
  for (char c : std::string(list) + ":" + std::string(key)) {
    token += kHex[static_cast<unsigned char>(c) >> 4];
    token += kHex[static_cast<unsigned char>(c) & 15];
  }
  return token;
}

Result<std::string> ReadPageToken(std::string_view list, std::string_view token,
                                  std::string_view first) {
  if (token.empty()) return std::string(first);
  if (token.size() % 2 != 0 || token.size() > kMaxToken) return BadPageToken(list);
  std::string text;
  for (std::size_t i = 0; i < token.size(); i += 2) {
    const auto high = Digit(token[i]), low = Digit(token[i + 1]);
    if (!high || !low) return BadPageToken(list);
    text += static_cast<char>(*high * 16 + *low);
  }
  const std::string prefix = std::string(list) + ":";
  if (!text.starts_with(prefix) || !IsText(text)) return BadPageToken(list);
  return text.substr(prefix.size());
}

Result<std::string> ReadPageUuid(std::string_view list, std::string_view token) {
  VENTRAL_ASSIGN_OR_RETURN(std::string key, ReadPageToken(list, token, ""));
  if (!token.empty() && !IsUuid(key)) return BadPageToken(list);
  return key;
}

Result<std::int64_t> ReadPageNumber(std::string_view list, std::string_view token) {
  if (token.empty()) return std::numeric_limits<std::int64_t>::max();
  VENTRAL_ASSIGN_OR_RETURN(const std::string key, ReadPageToken(list, token, ""));
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), number);
  if (error != std::errc() || end != key.data() + key.size() || number < 0)
    return BadPageToken(list);
  return number;
}

Result<int> PageSize(int wanted) {
  if (wanted < 0)
    return InvalidInput("page_size must not be negative, got " + std::to_string(wanted));
  if (wanted == 0) return 50;
  return std::min(wanted, 1000);
}

}  // namespace ventral::store
