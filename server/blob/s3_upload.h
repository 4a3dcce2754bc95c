// Private to blob: one upload to a bucket.
#ifndef VENTRAL_SERVER_BLOB_S3_UPLOAD_H_
#define VENTRAL_SERVER_BLOB_S3_UPLOAD_H_

#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scoring/base/digest.h"
#include "scoring/base/kept_hasher.h"
#include "server/blob/blob_store.h"
#include "server/blob/s3_blobs.h"
#include "server/blob/s3_half.h"

namespace ventral {

// Holds at most two parts in memory. A blob of one part is sent by Commit; of a larger one, each
// part goes when it is full, by a thread, while the next one comes, and the store puts them
// together in Commit, once the digest is checked. Dropped before, it tells the store to forget
// them, unless it is one that may be gone on with: then the parts that were sent stay.
class S3Upload final : public BlobWriter {
 public:
  // `blobs` outlives it. `part`: S3PartOf(size).
  S3Upload(const S3Blobs& blobs, Digest digest, Bytes size, Bytes part)
      : blobs_(blobs), digest_(std::move(digest)), size_(size), part_(part) {}
  // One that may be gone on with, and goes on with `half` if there is one.
  static Result<std::unique_ptr<S3Upload>> Of(const S3Blobs& blobs, const UploadName& upload,
                                              Bytes part, std::optional<S3Half> half);
  ~S3Upload() override;
  S3Upload(const S3Upload&) = delete;
  S3Upload& operator=(const S3Upload&) = delete;

  Status Append(std::string_view bytes) override;
  Status Commit() override;

 private:
  Status Check();
  void Reserve(std::size_t bytes);
  Status SendPart();
  Status SettlePart();
  Status Keep();
  Status BeginParts();
  Status Complete();
  Status PutWhole();
  // Until no collector is about to remove what is, or comes, at this blob's key.
  Result<S3State> WaitForRemoval();
  Status Confirm(const S3State& state, const Result<Bytes>& size);

  const S3Blobs& blobs_;
  const Digest digest_;
  const Bytes size_, part_;
  std::optional<UploadName> upload_;  // under which it is kept
  std::uint64_t came_ = 0;
  bool ended_ = false;
  KeptHasher hasher_;
  std::string buffer_;
  std::string flying_;        // the part that is sent now, if `sent_` is valid
  std::string flying_state_;  // of the hasher behind it; empty behind the last part
  std::future<Result<S3Answer>> sent_;
  std::string id_;                  // of the upload by parts; empty: none is open
  std::vector<std::string> etags_;  // of the parts, in order
  bool kept_ = false;               // a half of them is
};

// How large the parts of a blob are: whole blocks of SHA-256. @error resource_limit for a blob that
// would have more than 10,000 parts of 64 MiB.
Result<Bytes> S3PartOf(Bytes size, Bytes wanted);

}  // namespace ventral

#endif  // VENTRAL_SERVER_BLOB_S3_UPLOAD_H_
