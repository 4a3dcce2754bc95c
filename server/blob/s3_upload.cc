#include "server/blob/s3_upload.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace ventral {
namespace {

constexpr std::uint64_t kMostParts = 10'000;
constexpr std::uint64_t kLargestPart = 64ull << 20;

}  // namespace

Result<Bytes> S3PartOf(Bytes size, Bytes wanted) {
  const std::uint64_t least = (size.value + kMostParts - 1) / kMostParts;
  if (least > kLargestPart) {
    return ResourceLimit("the upload declares " + std::to_string(size.value) +
                         " bytes; a bucket takes at most " +
                         std::to_string(kMostParts * kLargestPart));
  }
  const std::uint64_t part =
      std::clamp(wanted.value, std::max<std::uint64_t>(least, 1), kLargestPart);
  return Bytes((part + KeptHasher::kBlock - 1) / KeptHasher::kBlock * KeptHasher::kBlock);
}

Result<std::unique_ptr<S3Upload>> S3Upload::Of(const S3Blobs& blobs, const UploadName& upload,
                                               Bytes part, std::optional<S3Half> half) {
  const Bytes its_part = half ? half->part : part;
  auto writer = std::make_unique<S3Upload>(blobs, upload.digest, upload.size, its_part);
  writer->upload_ = upload;
  if (!half) return writer;
  writer->kept_ = true;
  writer->came_ = half->there().value;
  VENTRAL_ASSIGN_OR_RETURN(writer->hasher_, KeptHasher::From(half->state, writer->came_));
  writer->id_ = std::move(half->id);
  writer->etags_ = std::move(half->etags);
  return writer;
}

S3Upload::~S3Upload() {
  // A part that comes behind the end would stay.
  (void)SettlePart().ok();
  if (id_.empty() || (kept_ && !ended_)) return;
  // Where that fails, Collect ends the upload a day later.
  if (upload_ && kept_) {
    (void)EndS3Half(blobs_, *upload_, {blobs_.KeyOf(digest_), id_, part_, "", etags_}).ok();
  } else {
    (void)EndS3Parts(blobs_, blobs_.KeyOf(digest_), id_).ok();
  }
}

// Doubles, and never passes one part.
void S3Upload::Reserve(std::size_t bytes) {
  if (bytes <= buffer_.capacity()) return;
  buffer_.reserve(std::min<std::size_t>(std::max(bytes, 2 * buffer_.capacity()), part_.value));
}

Status S3Upload::Append(std::string_view bytes) {
  if (ended_) return Internal("bytes were appended to an upload that has ended");
  if (bytes.size() > size_.value - came_) {
    ended_ = true;
    return InvalidInput("the upload declared " + std::to_string(size_.value) +
                        " bytes and sent at least " + std::to_string(came_ + bytes.size()));
  }
  came_ += bytes.size();
  while (!bytes.empty()) {
    const std::size_t some = std::min(bytes.size(), part_.value - buffer_.size());
    Reserve(buffer_.size() + some);
    buffer_.append(bytes.substr(0, some));
    hasher_.Update(bytes.substr(0, some));
    bytes.remove_prefix(some);
    if (buffer_.size() == part_.value && size_ > part_) {
      if (Status sent = SendPart(); !sent.ok()) {
        ended_ = true;
        return sent;
      }
    }
  }
  return Ok{};
}

Status S3Upload::Check() {
  if (came_ != size_.value) {
    return InvalidInput("the upload declared " + std::to_string(size_.value) + " bytes and sent " +
                        std::to_string(came_));
  }
  const Digest found = hasher_.Finish();
  if (found != digest_) {
    return InvalidInput("the upload declared SHA-256 " + digest_.hex() + " and its bytes have " +
                        found.hex());
  }
  return Ok{};
}

Status S3Upload::Commit() {
  if (ended_) return Internal("an upload that has ended or failed was committed");
  ended_ = true;
  VENTRAL_RETURN_IF_ERROR(Check());
  if (id_.empty()) return PutWhole();
  if (!buffer_.empty()) VENTRAL_RETURN_IF_ERROR(SendPart());
  VENTRAL_RETURN_IF_ERROR(SettlePart());
  return Complete();
}

Status S3Upload::BeginParts() {
  S3Call call;
  call.method = "POST";
  call.key = blobs_.KeyOf(digest_);
  call.query = {{"uploads", ""}};
  VENTRAL_ASSIGN_OR_RETURN(const S3Answer answer, blobs_.client().Send(call));
  if (!answer.good()) return S3Error(answer, "beginning " + call.key);
  VENTRAL_ASSIGN_OR_RETURN(id_, ParseS3UploadId(answer.body));
  return Ok{};
}

// Beside the next part's coming; where there is no thread to be had, when it is settled.
Status S3Upload::SendPart() {
  if (id_.empty()) VENTRAL_RETURN_IF_ERROR(BeginParts());
  VENTRAL_RETURN_IF_ERROR(SettlePart());
  std::swap(buffer_, flying_);
  buffer_.clear();
  flying_state_ = flying_.size() == part_.value && !ended_ ? hasher_.State() : "";
  S3Call call;
  call.method = "PUT";
  call.key = blobs_.KeyOf(digest_);
  call.query = {{"partNumber", std::to_string(etags_.size() + 1)}, {"uploadId", id_}};
  call.body = flying_;
  const auto send = [&client = blobs_.client(), call = std::move(call)] {
    return client.Send(call);
  };
  try {
    sent_ = std::async(std::launch::async, send);
  } catch (const std::system_error&) {
    sent_ = std::async(std::launch::deferred, send);
  }
  return Ok{};
}

Status S3Upload::SettlePart() {
  if (!sent_.valid()) return Ok{};
  VENTRAL_ASSIGN_OR_RETURN(S3Answer answer, sent_.get());
  const std::string key = blobs_.KeyOf(digest_);
  if (!answer.good()) return S3Error(answer, "writing a part of " + key);
  if (!IsS3Etag(answer.etag)) {
    return Unavailable("the server's blob store answers what cannot be read: try again later",
                       "a part of " + key + " has no ETag");
  }
  etags_.push_back(std::move(answer.etag));
  return Keep();
}

// So that another may go on behind the part. It costs one small request for each.
Status S3Upload::Keep() {
  if (!upload_ || flying_state_.empty()) return Ok{};
  VENTRAL_RETURN_IF_ERROR(
      WriteS3Half(blobs_, *upload_, {blobs_.KeyOf(digest_), id_, part_, flying_state_, etags_}));
  kept_ = true;
  return Ok{};
}

}  // namespace ventral
