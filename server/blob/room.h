// How many bytes a blob store may hold.
#ifndef VENTRAL_SERVER_BLOB_ROOM_H_
#define VENTRAL_SERVER_BLOB_ROOM_H_

#include <memory>
#include <mutex>
#include <string>

#include "server/blob/blob_store.h"

namespace ventral {

// Thread-safe. Counts what is there and what is declared to come, so that uploads at once do not
// pass the limit together.
class Room {
 public:
  // `most` 0: no limit.
  Room(Bytes most, Bytes held) : most_(most.value), held_(held.value) {}

  // @error resource_limit says how much is left of how much.
  Status Take(Bytes size) {
    const std::lock_guard lock(mutex_);
    const std::uint64_t left = most_ > held_ ? most_ - held_ : 0;
    if (most_ > 0 && size.value > left) {
      return ResourceLimit("the server's files may take " + std::to_string(most_) + " bytes: " +
                           std::to_string(left) + " are left, and the upload declares " +
                           std::to_string(size.value) + "; its operator can make room");
    }
    held_ += size.value;
    return Ok{};
  }
  void GiveBack(Bytes size) {
    const std::lock_guard lock(mutex_);
    held_ -= size.value;
  }

 private:
  const std::uint64_t most_;
  std::mutex mutex_;
  std::uint64_t held_;
};

// An upload that gives its room back unless it is kept, and was not there before.
class RoomyWriter final : public BlobWriter {
 public:
  // `size` was taken from `room`. `store` outlives it.
  RoomyWriter(std::unique_ptr<BlobWriter> writer, std::shared_ptr<Room> room, Bytes size,
              const BlobStore& store, Digest digest)
      : writer_(std::move(writer)),
        room_(std::move(room)),
        size_(size),
        store_(store),
        digest_(std::move(digest)) {}
  ~RoomyWriter() override {
    if (!kept_) room_->GiveBack(size_);
  }
  Status Append(std::string_view bytes) override { return writer_->Append(bytes); }
  Status Commit() override {
    const bool was_there = store_.Contains(digest_);
    VENTRAL_RETURN_IF_ERROR(writer_->Commit());
    kept_ = !was_there;
    return Ok{};
  }

 private:
  const std::unique_ptr<BlobWriter> writer_;
  const std::shared_ptr<Room> room_;
  const Bytes size_;
  const BlobStore& store_;
  const Digest digest_;
  bool kept_ = false;
};

}  // namespace ventral

#endif  // VENTRAL_SERVER_BLOB_ROOM_H_
