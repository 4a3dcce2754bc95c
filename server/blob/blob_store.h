// Immutable bytes by SHA-256.
#ifndef VENTRAL_SERVER_BLOB_BLOB_STORE_H_
#define VENTRAL_SERVER_BLOB_BLOB_STORE_H_

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "scoring/base/digest.h"
#include "scoring/base/result.h"
#include "scoring/base/units.h"
#include "server/blob/upload_name.h"

namespace ventral {

// One upload. Dropped without Commit, it leaves nothing behind, or what came (BlobStore::Resume).
class BlobWriter {
 public:
  virtual ~BlobWriter() = default;
  // @error invalid_input when more bytes come than were declared (says both numbers);
  //   resource_limit when others filled the store meanwhile (says how much is left).
  virtual Status Append(std::string_view bytes) = 0;
  // Durable when it returns. @error invalid_input when size or digest is not the declared one.
  virtual Status Commit() = 0;
};

struct Collected {
  std::int64_t blobs = 0;
  Bytes bytes{0};
};

class BlobStore {
 public:
  virtual ~BlobStore() = default;
  // @error resource_limit if `size` passes the store's limit (says both), or what is left of its
  //   total (says how much).
  virtual Result<std::unique_ptr<BlobWriter>> Begin(const Digest& digest, Bytes size) = 0;
  // As Begin, but dropped before Commit the writer leaves what it was given, unless something
  // failed or was refused. The next one goes on behind `offset`, which is what Received says, with
  // any server; 0 begins anew, and throws away what is there. Where another is at the same upload
  // just now, 0 makes a writer of its own, which leaves nothing.
  // @error conflict if `offset` is not what is there (says both); unavailable if another is at it.
  virtual Result<std::unique_ptr<BlobWriter>> Resume(const UploadName& upload, Bytes offset) = 0;
  // How many bytes of it are there, durably; 0 where there is none.
  virtual Result<Bytes> Received(const UploadName& upload) const = 0;
  virtual bool Contains(const Digest& digest) const = 0;
  // Size, for who means to name the blob in a row: Collect then takes it for one of now.
  // @error not_found; conflict if it is there and a collector may be at it, so that it has to be
  //   uploaded again, or asked for later; unavailable.
  virtual Result<Bytes> Hold(const Digest& digest) const = 0;
  virtual Result<Bytes> Size(const Digest& digest) const = 0;
  // Hands over the bytes in pieces of at most 1 MiB and checks the digest on the way.
  // @error not_found; corrupt_data when the stored bytes do not match (after the last piece: the
  // reader
  //   must throw away what it got). An error of `sink` ends the reading and is returned.
  virtual Status Read(const Digest& digest,
                      const std::function<Status(std::string_view)>& sink) const = 0;
  // Which of these no row names. Asked in batches; an error ends the collection.
  using Unnamed = std::function<Result<std::vector<Digest>>(std::span<const Digest>)>;
  // Removes the blobs that no row names and that were neither uploaded nor held since `before`, and
  // does what RemoveHalves does. A row that is written within `now - before` after Hold
  // answered never loses its blob, whichever process collects.
  // @error unavailable; errors of `unnamed`.
  virtual Result<Collected> Collect(std::chrono::system_clock::time_point before,
                                    const Unnamed& unnamed) = 0;
  // Removes what was left of uploads kHalfUploadLives before `now` or longer ago, and what nobody
  // can go on with. @error unavailable.
  virtual Status RemoveHalves(std::chrono::system_clock::time_point now) = 0;
};

struct DiskBlobOptions {
  std::filesystem::path root;
  Bytes max_blob{8ull << 30};
  Bytes max_total{0};  // of all blobs and halves; 0: no limit
};

// root/sha256/ab/abcd…; written under root/incoming/, fsynced, renamed, and the folder fsynced.
// What is left of an upload stays in incoming/; it is hashed again from the first byte at Commit.
// @error unavailable if the root cannot be made or written.
Result<std::unique_ptr<BlobStore>> OpenDiskBlobStore(const DiskBlobOptions& options);

}  // namespace ventral

#endif  // VENTRAL_SERVER_BLOB_BLOB_STORE_H_
