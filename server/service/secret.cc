#include "server/service/secret.h"

#include <sys/random.h>

#include <algorithm>
#include <array>

namespace ventral::service {
namespace {

constexpr std::size_t kBytes = 32;
constexpr std::string_view kScheme = "Bearer ";
constexpr std::string_view kHex = "0123456789abcdef";

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
