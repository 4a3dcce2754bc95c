#include "server/blob/s3_read.h"

#include <algorithm>
#include <string>

namespace ventral {
namespace {

constexpr std::size_t kS3Piece = 1 << 20;

// Cuts what comes into pieces, and knows how far it is.
class Pieces {
 public:
  explicit Pieces(const std::function<Status(std::string_view)>& sink) : sink_(sink) {}

  Status Take(std::string_view bytes) {
    came_ += bytes.size();
    while (!bytes.empty()) {
      const std::size_t some = std::min(bytes.size(), kS3Piece - piece_.size());
      piece_.append(bytes.substr(0, some));
      bytes.remove_prefix(some);
      if (piece_.size() == kS3Piece) VENTRAL_RETURN_IF_ERROR(Hand());
    }
    return Ok{};
  }
  Status Hand() {
    if (piece_.empty()) return Ok{};
    hasher_.Update(piece_);
    Status taken = sink_(piece_);
    piece_.clear();
    return taken;
  }
  std::uint64_t came() const { return came_; }
  Digest Finish() { return hasher_.Finish(); }

 private:
  const std::function<Status(std::string_view)>& sink_;
  std::string piece_;
  std::uint64_t came_ = 0;
  Hasher hasher_;
};

// All of the blob into `pieces`, over as many connections as it takes. The last answer's ETag.
Result<std::string> GetAll(const S3Blobs& blobs, const Digest& digest, Pieces* pieces) {
  S3Call call;
  call.key = blobs.KeyOf(digest);
  call.sink = [pieces](std::string_view bytes) { return pieces->Take(bytes); };
  for (int failures = 0;;) {
    call.from = pieces->came();
    VENTRAL_ASSIGN_OR_RETURN(const S3Answer answer, blobs.client().Send(call));
    if (answer.good()) return answer.etag;
    if (answer.status == 404 && answer.code != "NoSuchBucket") {
      return NotFound("there is no blob with SHA-256 " + digest.hex());
    }
    failures = pieces->came() > call.from ? 1 : failures + 1;
    if (!answer.worth_another() || failures >= blobs.options().attempts) {
      return S3Error(answer, "reading " + call.key);
    }
    S3Pause(blobs.options().pause, failures);
  }
}

// Not if other bytes are there by now. What the mark hides can be uploaded again.
Status MarkDamaged(const S3Blobs& blobs, const Digest& digest, const std::string& etag) {
  VENTRAL_ASSIGN_OR_RETURN(const S3State state, blobs.Look(digest));
  if (!state.blob || state.blob->etag != etag) return Ok{};
  return blobs.Mark(blobs.KeyOf(digest) + ".damaged");
}

}  // namespace

Status ReadS3Blob(const S3Blobs& blobs, const Digest& digest,
                  const std::function<Status(std::string_view)>& sink) {
  Pieces pieces(sink);
  VENTRAL_RETURN_IF_ERROR(GetAll(blobs, digest, &pieces));
  VENTRAL_RETURN_IF_ERROR(pieces.Hand());
  if (pieces.Finish() == digest) return Ok{};
  const std::function<Status(std::string_view)> nowhere = [](std::string_view) -> Status {
    return Ok{};
  };
  Pieces again(nowhere);
  VENTRAL_ASSIGN_OR_RETURN(const std::string etag, GetAll(blobs, digest, &again));
  VENTRAL_RETURN_IF_ERROR(again.Hand());
  if (again.Finish() == digest) {
    return Unavailable("the bytes of blob " + digest.hex() +
                       " were changed on their way: read it again");
  }
  VENTRAL_RETURN_IF_ERROR(MarkDamaged(blobs, digest, etag));
  return CorruptData("the stored bytes of blob " + digest.hex() +
                     " did not have this digest any more, and were set aside: upload it again");
}

}  // namespace ventral
