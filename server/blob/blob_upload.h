// One upload to a disk store, from its temporary file to its place.
#ifndef VENTRAL_SERVER_BLOB_BLOB_UPLOAD_H_
#define VENTRAL_SERVER_BLOB_BLOB_UPLOAD_H_

#include <filesystem>
#include <string_view>

#include "scoring/base/digest.h"
#include "scoring/base/units.h"
#include "server/blob/blob_store.h"

namespace ventral {

// The file that it writes is removed unless Commit succeeds. Holds a lock on that file, by which
// another process knows that the upload is alive.
class BlobUpload final : public BlobWriter {
 public:
  // Takes `descriptor`, open for writing on `temporary`. `place` is where the bytes belong.
  BlobUpload(int descriptor, std::filesystem::path temporary, std::filesystem::path place,
             Digest digest, Bytes size)
      : descriptor_(descriptor),
        temporary_(std::move(temporary)),
        place_(std::move(place)),
        digest_(std::move(digest)),
        size_(size) {}
  ~BlobUpload() override;
  BlobUpload(const BlobUpload&) = delete;
  BlobUpload& operator=(const BlobUpload&) = delete;

  Status Append(std::string_view bytes) override;
  Status Commit() override;

 private:
  Status Check();
  void Drop();

  int descriptor_;
  std::filesystem::path temporary_, place_;
  Digest digest_;
  Bytes size_;
  std::uint64_t written_ = 0;
  bool failed_ = false;
  Hasher hasher_;
};

// Makes the names in `folder` durable.
Status SyncFolder(const std::filesystem::path& folder);

}  // namespace ventral

#endif  // VENTRAL_SERVER_BLOB_BLOB_UPLOAD_H_
