// OpenSSL's newer interface does not show its state; the older one is a plain structure, in 1.1 as
// in 3, and has the same code beneath.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "scoring/base/kept_hasher.h"

#include <openssl/sha.h>

#include <array>
#include <charconv>

namespace ventral {
namespace {

constexpr std::size_t kWords = 8, kHexOfWord = 8;

std::string HexOf(const unsigned char* bytes, std::size_t count) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (std::size_t i = 0; i < count; ++i) {
    hex += kDigits[bytes[i] >> 4];
    hex += kDigits[bytes[i] & 15];
  }
  return hex;
}

}  // namespace

struct KeptHasher::Impl {
  SHA256_CTX context;
};

KeptHasher::KeptHasher() : impl_(std::make_unique<Impl>()) { SHA256_Init(&impl_->context); }
KeptHasher::~KeptHasher() = default;
KeptHasher::KeptHasher(KeptHasher&&) noexcept = default;
KeptHasher& KeptHasher::operator=(KeptHasher&&) noexcept = default;

Result<KeptHasher> KeptHasher::From(std::string_view state, std::uint64_t bytes) {
  VENTRAL_RETURN_IF_ERROR(Digest::Parse(state));
  if (bytes % kBlock != 0) {
    return InvalidInput("a state of SHA-256 is said to stand behind " + std::to_string(bytes) +
                        " bytes, which are no whole blocks");
  }
  KeptHasher hasher;
  SHA256_CTX& context = hasher.impl_->context;
  for (std::size_t i = 0; i < kWords; ++i) {
    const char* word = state.data() + i * kHexOfWord;
    std::from_chars(word, word + kHexOfWord, context.h[i], 16);
  }
  const std::uint64_t bits = bytes * 8;
  context.Nl = static_cast<SHA_LONG>(bits);
  context.Nh = static_cast<SHA_LONG>(bits >> 32);
  return hasher;
}

void KeptHasher::Update(std::string_view data) {
  SHA256_Update(&impl_->context, data.data(), data.size());
}

std::string KeptHasher::State() const {
  std::array<unsigned char, kWords * 4> raw{};
  for (std::size_t i = 0; i < raw.size(); ++i) {
    raw[i] = static_cast<unsigned char>(impl_->context.h[i / 4] >> (24 - 8 * (i % 4)));
  }
  return HexOf(raw.data(), raw.size());
}

Digest KeptHasher::Finish() {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> raw{};
  SHA256_Final(raw.data(), &impl_->context);
  return Digest::Parse(HexOf(raw.data(), raw.size())).value();
}

}  // namespace ventral
