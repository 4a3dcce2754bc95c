// One upload to a disk store, from its temporary file to its place.
#ifndef VENTRAL_SERVER_BLOB_BLOB_UPLOAD_H_
#define VENTRAL_SERVER_BLOB_BLOB_UPLOAD_H_

#include <filesystem>
#include <string_view>

#include "scoring/base/digest.h"
#include "scoring/base/units.h"
#include "server/blob/blob_store.h"
#include "server/blob/descriptor.h"

namespace ventral {

// What it writes, and where it belongs.
struct UploadFile {
  Descriptor file;  // open for reading and writing on `temporary`, locked
  std::filesystem::path temporary, place;
  std::uint64_t written = 0;  // bytes that are in it; what comes is put behind them
  bool stays = false;         // where the writer is dropped in the middle
};

// The file that it writes is removed unless Commit succeeds, or it stays. Holds a lock on that
// file, by which another process knows that the upload is alive.
class BlobUpload final : public BlobWriter {
 public:
  BlobUpload(UploadFile file, Digest digest, Bytes size)
      : file_(std::move(file)), begun_at_(file_.written), digest_(std::move(digest)), size_(size) {}
  ~BlobUpload() override;
  BlobUpload(const BlobUpload&) = delete;
  BlobUpload& operator=(const BlobUpload&) = delete;

  Status Append(std::string_view bytes) override;
  Status Commit() override;

 private:
  Status Check();
  Result<Digest> Found();
  void Drop();

  UploadFile file_;  // closed when the upload has ended
  const std::uint64_t begun_at_;
  Digest digest_;
  Bytes size_;
  bool failed_ = false;
  Hasher hasher_;
};

// Makes the names in `folder` durable.
Status SyncFolder(const std::filesystem::path& folder);

}  // namespace ventral

#endif  // VENTRAL_SERVER_BLOB_BLOB_UPLOAD_H_
