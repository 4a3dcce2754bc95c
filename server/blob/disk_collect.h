// Private to blob: removing what nobody names from the disk store, while others hold and upload.
#ifndef VENTRAL_SERVER_BLOB_DISK_COLLECT_H_
#define VENTRAL_SERVER_BLOB_DISK_COLLECT_H_

#include <chrono>
#include <filesystem>

#include "server/blob/blob_store.h"

namespace ventral {

// Makes the blob at `place` one of now. False if it is not there. Shares a lock of the folder
// `blobs` with other holders, and excludes removal, in every process on this file system (flock).
bool Touch(const std::filesystem::path& blobs, const std::filesystem::path& place);

// BlobStore::Collect below `blobs` (blobs/ab/abcd…). A blob's time is that of its file. It is
// looked at once more, under the lock, when `unnamed` has spoken: one that was held meanwhile
// stays.
Result<Collected> CollectBlobs(const std::filesystem::path& blobs,
                               std::chrono::system_clock::time_point before,
                               const BlobStore::Unnamed& unnamed);

}  // namespace ventral

#endif  // VENTRAL_SERVER_BLOB_DISK_COLLECT_H_
