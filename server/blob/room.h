// How many bytes a blob store may hold.
#ifndef VENTRAL_SERVER_BLOB_ROOM_H_
#define VENTRAL_SERVER_BLOB_ROOM_H_

#include <algorithm>
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
    // Other servers on the same blobs count their own: what they brought may go through this one.
    held_ -= std::min(held_, size.value);
  }

 private:
  const std::uint64_t most_;
  std::mutex mutex_;
  std::uint64_t held_;
};

// An upload that gives its room back unless it is kept, and was not there before. What is left of
// it to be gone on with keeps its part.
class RoomyWriter final : public BlobWriter {
 public:
  // The upload's whole size was taken from `room`. `store` outlives it. `stays`: the writer is one
  // of Resume.
  RoomyWriter(std::unique_ptr<BlobWriter> writer, std::shared_ptr<Room> room,
              const BlobStore& store, UploadName upload, bool stays)
      : writer_(std::move(writer)),
        room_(std::move(room)),
        store_(store),
        upload_(std::move(upload)),
        stays_(stays) {}
  ~RoomyWriter() override {
    writer_.reset();
    if (kept_) return;
    const auto left = stays_ ? store_.Received(upload_) : Result<Bytes>(Bytes(0));
    const std::uint64_t held = left.ok() ? left->value : 0;
    room_->GiveBack(Bytes(upload_.size.value - std::min(held, upload_.size.value)));
  }
  Status Append(std::string_view bytes) override { return writer_->Append(bytes); }
  Status Commit() override {
    const bool was_there = store_.Contains(upload_.digest);
    VENTRAL_RETURN_IF_ERROR(writer_->Commit());
    kept_ = !was_there;
    return Ok{};
  }

 private:
  std::unique_ptr<BlobWriter> writer_;
  const std::shared_ptr<Room> room_;
  const BlobStore& store_;
  const UploadName upload_;
  const bool stays_;
  bool kept_ = false;
};

}  // namespace ventral

#endif  // VENTRAL_SERVER_BLOB_ROOM_H_
