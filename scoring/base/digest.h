// SHA-256: the name of every checkpoint, pack file and blob.
#ifndef VENTRAL_SCORING_BASE_DIGEST_H_
#define VENTRAL_SCORING_BASE_DIGEST_H_

#include <compare>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "scoring/base/result.h"

namespace ventral {

// 64 lower-case hexadecimal characters. Only Parse and Hasher make one, so a Digest is well formed.
class Digest {
 public:
  // @error invalid_input unless `hex` is 64 characters of 0-9a-f.
  static Result<Digest> Parse(std::string_view hex);
  const std::string& hex() const { return hex_; }
  auto operator<=>(const Digest&) const = default;

 private:
  friend class Hasher;
  explicit Digest(std::string hex) : hex_(std::move(hex)) {}
  std::string hex_;
};

// Incremental SHA-256 (FIPS 180-4), through OpenSSL.
class Hasher {
 public:
  Hasher();
  ~Hasher();
  Hasher(const Hasher&) = delete;
  Hasher& operator=(const Hasher&) = delete;

  void Update(const void* data, std::size_t bytes);
  void Update(std::string_view data) { Update(data.data(), data.size()); }
  // Ends the stream; call once.
  Digest Finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

Digest DigestOf(std::string_view data);
// @error not_found or unavailable if the file cannot be read (names it).
Result<Digest> DigestOfFile(const std::filesystem::path& file);

}  // namespace ventral

#endif  // VENTRAL_SCORING_BASE_DIGEST_H_
