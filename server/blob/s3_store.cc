#include "server/blob/s3_store.h"

#include <utility>

#include "server/blob/half_upload.h"
#include "server/blob/room.h"
#include "server/blob/s3_blobs.h"
#include "server/blob/s3_collect.h"
#include "server/blob/s3_read.h"
#include "server/blob/s3_upload.h"

namespace ventral {
namespace {

class S3BlobStore final : public BlobStore {
 public:
  S3BlobStore(const S3BlobOptions& options, std::unique_ptr<S3Client> client)
      : blobs_(options, std::move(client)) {}

  Result<std::unique_ptr<BlobWriter>> Begin(const Digest& digest, Bytes size) override {
    if (size > blobs_.options().max_blob) {
      return ResourceLimit("the upload declares " + std::to_string(size.value) +
                           " bytes; this server takes at most " +
                           std::to_string(blobs_.options().max_blob.value));
    }
    VENTRAL_ASSIGN_OR_RETURN(const Bytes part, S3PartOf(size, blobs_.options().part));
    if (room_) VENTRAL_RETURN_IF_ERROR(room_->Take(size));
    std::unique_ptr<BlobWriter> writer = std::make_unique<S3Upload>(blobs_, digest, size, part);
    if (!room_) return writer;
    return std::unique_ptr<BlobWriter>(std::make_unique<RoomyWriter>(
        std::move(writer), room_, *this, UploadName{"", digest, size}, false));
  }

  Result<std::unique_ptr<BlobWriter>> Resume(const UploadName& upload, Bytes offset) override {
    if (offset.value > 0) return GoesOnElsewhere(offset, Bytes(0));
    return Begin(upload.digest, upload.size);
  }

  Result<Bytes> Received(const UploadName&) const override { return Bytes(0); }

  bool Contains(const Digest& digest) const override { return Size(digest).ok(); }

  bool Hold(const Digest& digest) const override { return HoldS3Blob(blobs_, digest); }

  Result<Bytes> Size(const Digest& digest) const override {
    VENTRAL_ASSIGN_OR_RETURN(const S3State state, blobs_.Look(digest));
    if (!state.there()) return NotFound("there is no blob with SHA-256 " + digest.hex());
    return state.blob->size;
  }

  Status Read(const Digest& digest,
              const std::function<Status(std::string_view)>& sink) const override {
    return ReadS3Blob(blobs_, digest, sink);
  }

  Result<Collected> Collect(std::chrono::system_clock::time_point before,
                            const Unnamed& unnamed) override {
    auto collected = CollectS3Blobs(blobs_, before, unnamed);
    if (collected.ok() && room_) room_->GiveBack(collected->bytes);
    return collected;
  }

  Status RemoveHalves(std::chrono::system_clock::time_point now) override {
    return EndDeadS3Uploads(blobs_, now - kHalfUploadLives);
  }

  // That the bucket can be listed and written.
  Status Open() {
    TimePoint date;
    VENTRAL_RETURN_IF_ERROR(blobs_.List(blobs_.folder(), "", 1, &date));
    VENTRAL_RETURN_IF_ERROR(blobs_.Mark(blobs_.folder() + "writable"));
    return MeasureRoom();
  }

 private:
  Status MeasureRoom() {
    if (blobs_.options().max_total.value == 0) return Ok{};
    std::uint64_t held = 0;
    std::string after;
    do {
      TimePoint date;
      VENTRAL_ASSIGN_OR_RETURN(S3Page page, blobs_.List(blobs_.folder(), after, 0, &date));
      for (const S3Object& object : page.objects) {
        if (blobs_.NameOf(object.key)) held += object.size.value;
      }
      after = std::move(page.next);
    } while (!after.empty());
    room_ = std::make_shared<Room>(blobs_.options().max_total, Bytes(held));
    return Ok{};
  }

  const S3Blobs blobs_;
  std::shared_ptr<Room> room_;  // where there is a limit
};

}  // namespace

Result<std::unique_ptr<BlobStore>> OpenS3BlobStore(const S3BlobOptions& options) {
  VENTRAL_ASSIGN_OR_RETURN(auto client, S3Client::Make(options));
  auto store = std::make_unique<S3BlobStore>(options, std::move(client));
  if (auto opened = store->Open(); !opened.ok()) {
    return std::move(opened).error().Within("the bucket " + options.bucket);
  }
  return std::unique_ptr<BlobStore>(std::move(store));
}

}  // namespace ventral
