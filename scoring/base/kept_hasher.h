// SHA-256 that another process can go on with.
#ifndef VENTRAL_SCORING_BASE_KEPT_HASHER_H_
#define VENTRAL_SCORING_BASE_KEPT_HASHER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "scoring/base/digest.h"
#include "scoring/base/result.h"

namespace ventral {

// As Hasher. Between two blocks of 64 bytes its state is eight words, which can be written down.
class KeptHasher {
 public:
  static constexpr std::uint64_t kBlock = 64;  // bytes

  KeptHasher();
  ~KeptHasher();
  KeptHasher(KeptHasher&&) noexcept;
  KeptHasher& operator=(KeptHasher&&) noexcept;

  // As one was whose State() was `state` behind so many bytes.
  // @error invalid_input unless that is a whole number of blocks, and `state` 64 of 0-9a-f.
  static Result<KeptHasher> From(std::string_view state, std::uint64_t bytes);

  void Update(std::string_view data);
  // Requires that what came is a whole number of blocks.
  std::string State() const;
  // Ends the stream; call once.
  Digest Finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ventral

#endif  // VENTRAL_SCORING_BASE_KEPT_HASHER_H_
