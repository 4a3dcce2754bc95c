#include "server/blob/s3_store.h"

#include <optional>
#include <utility>

#include "server/blob/roomy_writer.h"
#include "server/blob/s3_blobs.h"
#include "server/blob/s3_collect.h"
#include "server/blob/s3_half.h"
#include "server/blob/s3_read.h"
#include "server/blob/s3_upload.h"
#include "server/blob/store_errors.h"

namespace ventral {
namespace {

class S3BlobStore final : public BlobStore {
 public:
  S3BlobStore(const S3BlobOptions& options, std::unique_ptr<S3Client> client)
      : blobs_(options, std::move(client)) {}

  Result<std::unique_ptr<BlobWriter>> Begin(const Digest& digest, Bytes size) override {
    VENTRAL_ASSIGN_OR_RETURN(const Bytes part, PartOf(size));
    VENTRAL_RETURN_IF_ERROR(CheckRoom(size));
    return Counted(std::make_unique<S3Upload>(blobs_, digest, size, part),
                   UploadName{"", digest, size}, {});
  }

  // There is no lock that a bucket would keep: two that go on with the same parts may each write
  // the next ones, and S3 puts together only those whose ETags it is told, for one of both.
  Result<std::unique_ptr<BlobWriter>> Resume(const UploadName& upload, Bytes offset) override {
    VENTRAL_ASSIGN_OR_RETURN(const Bytes part, PartOf(upload.size));
    VENTRAL_ASSIGN_OR_RETURN(std::optional<S3Half> half, HalfOf(upload, part));
    const Bytes there = half ? half->there() : Bytes(0);
    if (offset.value > 0 && offset != there) return GoesOnElsewhere(offset, there);
    if (upload.size <= part) return Begin(upload.digest, upload.size);
    if (half && offset.value == 0) {
      VENTRAL_ASSIGN_OR_RETURN(const bool young, IsYoungS3Half(blobs_, upload));
      if (young) return Begin(upload.digest, upload.size);
    }
    VENTRAL_RETURN_IF_ERROR(
        CheckRoom(Bytes(upload.size.value - there.value)));  // the rest counts already
    if (half && offset.value == 0) {
      VENTRAL_RETURN_IF_ERROR(EndS3Half(blobs_, upload, *half));
      half.reset();
    }
    VENTRAL_ASSIGN_OR_RETURN(auto writer, S3Upload::Of(blobs_, upload, part, std::move(half)));
    return Counted(std::move(writer), upload, {there, offset.value > 0, true});
  }

  Result<Bytes> Received(const UploadName& upload) const override {
    if (upload.size > blobs_.options().max_blob) return Bytes(0);
    VENTRAL_ASSIGN_OR_RETURN(const Bytes part, PartOf(upload.size));
    VENTRAL_ASSIGN_OR_RETURN(const std::optional<S3Half> half, HalfOf(upload, part));
    return half ? half->there() : Bytes(0);
  }

  bool Contains(const Digest& digest) const override { return Size(digest).ok(); }

  Result<Bytes> Hold(const Digest& digest) const override { return HoldS3Blob(blobs_, digest); }

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
    VENTRAL_RETURN_IF_ERROR(RemoveHalves(std::chrono::system_clock::now()));
    auto collected = CollectS3Blobs(blobs_, before, unnamed);
    if (collected.ok() && room_) room_->GiveBack(collected->bytes);
    return collected;
  }

  Status RemoveHalves(std::chrono::system_clock::time_point now) override {
    VENTRAL_ASSIGN_OR_RETURN(const Bytes removed,
                             RemoveOldS3Halves(blobs_, now - kHalfUploadLives));
    if (room_) room_->GiveBack(removed);
    return Ok{};
  }

  // That the bucket can be listed and written.
  Status Open() {
    TimePoint date;
    VENTRAL_RETURN_IF_ERROR(blobs_.List(blobs_.folder(), "", 1, &date));
    VENTRAL_RETURN_IF_ERROR(blobs_.Mark(blobs_.folder() + "writable"));
    return MeasureRoom();
  }

 private:
  Result<Bytes> PartOf(Bytes size) const {
    if (size > blobs_.options().max_blob) {
      return ResourceLimit("the upload declares " + std::to_string(size.value) +
                           " bytes; this server takes at most " +
                           std::to_string(blobs_.options().max_blob.value));
    }
    return S3PartOf(size, blobs_.options().part);
  }

  // One part is one request: nothing is kept of that.
  Result<std::optional<S3Half>> HalfOf(const UploadName& upload, Bytes part) const {
    if (upload.size <= part) return std::optional<S3Half>();
    return ReadS3Half(blobs_, upload);
  }

  Status CheckRoom(Bytes size) const { return room_ ? room_->Check(size) : Status(Ok{}); }

  std::unique_ptr<BlobWriter> Counted(std::unique_ptr<BlobWriter> writer, const UploadName& upload,
                                      RoomyWriter::Half half) {
    if (!room_) return writer;
    return std::make_unique<RoomyWriter>(std::move(writer), room_, *this, upload, half);
  }

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
    VENTRAL_ASSIGN_OR_RETURN(const Bytes halves, AllS3HalfBytes(blobs_));
    held += halves.value;
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
