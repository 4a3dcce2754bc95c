// The end of an upload to a bucket: what was sent becomes a blob.
#include <chrono>

#include "server/blob/s3_upload.h"

namespace ventral {
namespace {

constexpr std::chrono::seconds kCompleteStall{600};  // S3 may think for minutes
constexpr std::chrono::seconds kWaitForRemoval{30};
constexpr std::chrono::milliseconds kLookAgain{100};

std::string PartList(const std::vector<std::string>& etags) {
  std::string xml = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
  for (std::size_t i = 0; i < etags.size(); ++i) {
    xml += "<Part><PartNumber>" + std::to_string(i + 1) + "</PartNumber><ETag>" + etags[i] +
           "</ETag></Part>";
  }
  return xml + "</CompleteMultipartUpload>";
}

}  // namespace

// Nothing is at the key before, so that a collector must be asked first: the mark is written, then
// looked whether one is at work. Whoever begins later sees the mark.
Status S3Upload::Complete() {
  VENTRAL_RETURN_IF_ERROR(blobs_.MarkHeld(digest_));
  VENTRAL_RETURN_IF_ERROR(WaitForRemoval());
  const std::string list = PartList(etags_);
  S3Call call;
  call.method = "POST";
  call.key = blobs_.KeyOf(digest_);
  call.query = {{"uploadId", id_}};
  call.body = list;
  call.stall = kCompleteStall;
  call.attempts = 1;
  for (int failures = 0;; ++failures) {
    VENTRAL_ASSIGN_OR_RETURN(const S3Answer answer, blobs_.client().Send(call));
    // An error may come with status 200, and a success be lost on its way: the next attempt is then
    // told that there is no such upload.
    const bool done = answer.good() && IsS3Completion(answer.body);
    const bool was_done = failures > 0 && answer.code == "NoSuchUpload";
    if (done || was_done) break;
    const bool again = answer.worth_another() || answer.good();
    if (!again || failures + 1 >= blobs_.options().attempts) {
      return S3Error(answer, "completing " + call.key);
    }
    S3Pause(blobs_.options().pause, failures + 1);
  }
  VENTRAL_ASSIGN_OR_RETURN(const S3State state, blobs_.Look(digest_));
  VENTRAL_RETURN_IF_ERROR(Confirm(state, blobs_.SizeOf(digest_)));
  // Words that are left harm nobody: there are no parts to go on with.
  if (kept_) (void)ForgetS3Half(blobs_, *upload_).ok();
  id_.clear();
  return Ok{};
}

// A new object is as good as a held mark: whoever begins to remove later sees how young it is. One
// who had begun before may still take it, and is then waited for.
Status S3Upload::PutWhole() {
  S3Call call;
  call.method = "PUT";
  call.key = blobs_.KeyOf(digest_);
  call.body = buffer_;
  call.body_sha256 = digest_.hex();
  for (int again = 0;; ++again) {
    VENTRAL_ASSIGN_OR_RETURN(const S3Answer answer, blobs_.client().Send(call));
    if (!answer.good()) return S3Error(answer, "writing " + call.key);
    VENTRAL_ASSIGN_OR_RETURN(const S3State state, blobs_.Look(digest_));
    const auto size = blobs_.SizeOf(digest_);
    if (!state.removing && (size.ok() || again > 0)) return Confirm(state, size);
    VENTRAL_RETURN_IF_ERROR(WaitForRemoval());
  }
}

Result<S3State> S3Upload::WaitForRemoval() {
  const auto deadline = std::chrono::steady_clock::now() + kWaitForRemoval;
  for (int looks = 1;; ++looks) {
    VENTRAL_ASSIGN_OR_RETURN(S3State state, blobs_.Look(digest_));
    if (!state.removing) return state;
    if (std::chrono::steady_clock::now() > deadline) {
      return Unavailable("the blob " + digest_.hex() +
                         " is being removed by another server: upload it again in ten minutes");
    }
    S3Pause(kLookAgain, looks);
  }
}

// That it is there, whole, and counts.
Status S3Upload::Confirm(const S3State& state, const Result<Bytes>& size) {
  if (!size.ok() || *size != size_) {
    return Unavailable("the server's blob store did not keep the upload: send it again",
                       blobs_.KeyOf(digest_) + " was written; " +
                           (size.ok() ? "it has " + std::to_string(size->value) +
                                            " bytes instead of " + std::to_string(size_.value)
                                      : size.error().ToString()));
  }
  for (const std::string& mark : state.damaged) VENTRAL_RETURN_IF_ERROR(blobs_.Remove(mark));
  return Ok{};
}

}  // namespace ventral
