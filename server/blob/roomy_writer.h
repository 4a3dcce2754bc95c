// Private to blob: an upload that takes its room as its bytes come.
#ifndef VENTRAL_SERVER_BLOB_ROOMY_WRITER_H_
#define VENTRAL_SERVER_BLOB_ROOMY_WRITER_H_

#include <algorithm>
#include <memory>

#include "server/blob/blob_store.h"
#include "server/blob/room.h"

namespace ventral {

// Gives its room back unless it is kept, and was not there before. What is left of it to be gone
// on with keeps its part. Where the room is full in the middle, nothing is left of it: of halves
// alone that wait for each other's room, none would become whole.
class RoomyWriter final : public BlobWriter {
 public:
  // What an upload begins with, which a Room counts already.
  struct Half {
    Bytes there{0};
    bool goes_on = false;  // behind it; else it is written anew
    bool stays = false;    // the writer is one of Resume
  };

  // `store` outlives it.
  RoomyWriter(std::unique_ptr<BlobWriter> writer, std::shared_ptr<Room> room,
              const BlobStore& store, UploadName upload, Half half)
      : writer_(std::move(writer)),
        room_(std::move(room)),
        store_(store),
        upload_(std::move(upload)),
        stays_(half.stays),
        came_(half.goes_on ? half.there.value : 0),
        counted_(half.there.value) {}
  ~RoomyWriter() override {
    writer_.reset();
    if (kept_) return;
    const auto left = stays_ ? store_.Received(upload_) : Result<Bytes>(Bytes(0));
    const std::uint64_t held = left.ok() ? left->value : 0;
    room_->GiveBack(Bytes(counted_ - std::min(held, counted_)));
  }

  Status Append(std::string_view bytes) override {
    // Bytes beyond those declared are the writer's to refuse.
    const std::uint64_t wanted = came_ + std::min(bytes.size(), upload_.size.value - came_);
    if (wanted > counted_) {
      const Status taken = room_->Take(Bytes(wanted - counted_));
      // Too few bytes are refused, and what is refused does not stay.
      if (!taken.ok()) (void)writer_->Commit().ok();
      VENTRAL_RETURN_IF_ERROR(taken);
      counted_ = wanted;
    }
    came_ = wanted;
    return writer_->Append(bytes);
  }

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
  std::uint64_t came_, counted_;  // by the room
  bool kept_ = false;
};

}  // namespace ventral

#endif  // VENTRAL_SERVER_BLOB_ROOMY_WRITER_H_
