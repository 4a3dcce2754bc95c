#include "server/service/secret.h"

#include <sys/random.h>

#include <algorithm>
#include <array>

namespace ventral::service {
namespace {

constexpr std::size_t kBytes = 32;
constexpr std::string_view kScheme = "Bearer ";
constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kAnyHex = "0123456789abcdefABCDEF";

}  // namespace

Result<std::string> NewSecret() {
  std::array<unsigned char, kBytes> random;
  if (getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) {
    return Internal("the kernel gives no random numbers");
  }
  std::string secret(kSecretPrefix);
  for (const unsigned char byte : random) secret += {kHex[byte >> 4], kHex[byte & 15]};
  return secret;
}

std::string WithoutSecrets(std::string_view text) {
  std::string shown;
  while (true) {
    const std::size_t at = text.find(kSecretPrefix);
    if (at == std::string_view::npos) return shown.append(text);
    const std::size_t digits = at + kSecretPrefix.size();
    const std::size_t end = std::min(text.find_first_not_of(kAnyHex, digits), text.size());
    const bool secret = end - digits >= kBytes;
    shown.append(text.substr(0, secret ? digits : end));
    if (secret) shown.append("…");
    text.remove_prefix(end);
  }
}

std::optional<Digest> DigestOfBearer(std::string_view authorization) {
  if (!authorization.starts_with(kScheme)) return std::nullopt;
  const std::string_view secret = authorization.substr(kScheme.size());
  if (!secret.starts_with(kSecretPrefix)) return std::nullopt;
  const std::string_view digits = secret.substr(kSecretPrefix.size());
  const bool hexadecimal = std::all_of(
      digits.begin(), digits.end(), [](char c) { return kHex.find(c) != std::string_view::npos; });
  if (digits.size() != 2 * kBytes || !hexadecimal) return std::nullopt;
  return DigestOf(secret);
}

}  // namespace ventral::service
