// How many bytes a blob store may hold.
#ifndef VENTRAL_SERVER_BLOB_ROOM_H_
#define VENTRAL_SERVER_BLOB_ROOM_H_

#include <algorithm>
#include <cstdint>
#include <limits>
#include <mutex>
#include <string>

#include "scoring/base/result.h"
#include "scoring/base/units.h"

namespace ventral {

// Thread-safe. Counts what is there and what comes, byte by byte: an upload that declares much and
// sends little keeps nobody out.
class Room {
 public:
  // `most` 0: no limit.
  Room(Bytes most, Bytes held) : most_(most.value), held_(held.value) {}

  // Whether an upload that declares `size` would fit now. @error resource_limit says how much is
  // left of how much.
  Status Check(Bytes size) const {
    const std::lock_guard lock(mutex_);
    return size.value <= Left() ? Status(Ok{}) : Full("the upload declares", size.value);
  }
  // For `size` bytes that have come. @error resource_limit as Check.
  Status Take(Bytes size) {
    const std::lock_guard lock(mutex_);
    if (size.value > Left()) {
      return Full("others came meanwhile, and the next bytes of the upload are", size.value);
    }
    held_ += size.value;
    return Ok{};
  }
  void GiveBack(Bytes size) {
    const std::lock_guard lock(mutex_);
    // Other servers on the same blobs count their own: what they brought may go through this one.
    held_ -= std::min(held_, size.value);
  }

 private:
  std::uint64_t Left() const {
    if (most_ == 0) return std::numeric_limits<std::uint64_t>::max() - held_;
    return most_ > held_ ? most_ - held_ : 0;
  }
  Error Full(const std::string& what, std::uint64_t size) const {
    return ResourceLimit("the server's files may take " + std::to_string(most_) +
                         " bytes: " + std::to_string(Left()) + " are left, and " + what + " " +
                         std::to_string(size) + "; its operator can make room");
  }

  const std::uint64_t most_;
  mutable std::mutex mutex_;
  std::uint64_t held_;
};

}  // namespace ventral

#endif  // VENTRAL_SERVER_BLOB_ROOM_H_
