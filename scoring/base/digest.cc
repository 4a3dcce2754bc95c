#include "scoring/base/digest.h"

#include <openssl/evp.h>

#include <array>
#include <fstream>
#include <vector>

namespace ventral {

struct Hasher::Impl {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
};

Result<Digest> Digest::Parse(std::string_view hex) {
  const bool well_formed = hex.size() == 64 &&
                           hex.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  if (!well_formed) {
    return InvalidInput("a SHA-256 is 64 characters of 0-9a-f, got '" +
                        std::string(hex.substr(0, 80)) + "'");
  }
  return Digest(std::string(hex));
}

Hasher::Hasher() : impl_(std::make_unique<Impl>()) {
  EVP_DigestInit_ex(impl_->context, EVP_sha256(), nullptr);
}

Hasher::~Hasher() { EVP_MD_CTX_free(impl_->context); }

void Hasher::Update(const void* data, std::size_t bytes) {
  EVP_DigestUpdate(impl_->context, data, bytes);
}

Digest Hasher::Finish() {
  std::array<unsigned char, 32> raw{};
  EVP_DigestFinal_ex(impl_->context, raw.data(), nullptr);
  static constexpr char kHex[] = "0123456789abcdef";
  std::string hex;
  for (unsigned char byte : raw) {
    hex += kHex[byte >> 4];
    hex += kHex[byte & 15];
  }
  return Digest(std::move(hex));
}

Digest DigestOf(std::string_view data) {
  Hasher hasher;
  hasher.Update(data);
  return hasher.Finish();
}

Result<Digest> DigestOfFile(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return NotFound("cannot open " + file.string());
  Hasher hasher;
  std::vector<char> buffer(1 << 20);
  while (in.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || in.gcount() > 0) {
    hasher.Update(buffer.data(), static_cast<std::size_t>(in.gcount()));
  }
  if (in.bad()) return Unavailable("reading " + file.string() + " failed");
  return hasher.Finish();
}

}  // namespace ventral
