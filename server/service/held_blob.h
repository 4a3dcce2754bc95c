// Blobs that a request builds upon: they must have been uploaded before.
#ifndef VENTRAL_SERVER_SERVICE_HELD_BLOB_H_
#define VENTRAL_SERVER_SERVICE_HELD_BLOB_H_

#include <cstdint>
#include <string>

#include "server/blob/blob_store.h"

namespace ventral::service {

inline Error NotUploaded(const Digest& digest) {
  return Conflict("the blob " + digest.hex() +
                  " was not uploaded; upload it with UploadBlob first");
}

// Size in bytes. @error conflict (FAILED_PRECONDITION to the client) if the blob was not uploaded;
//   unavailable if it is there and cannot be held, as a collector may be at it.
inline Result<std::int64_t> HeldBytes(const BlobStore& blobs, const Digest& digest) {
  const bool held = blobs.Hold(digest);
  auto size = blobs.Size(digest);
  if (size.ok() && !held) {
    return Unavailable("the blob " + digest.hex() +
                       " may be about to be removed: upload it again, or try again later");
  }
  if (size.ok()) return static_cast<std::int64_t>(size->value);
  if (size.error().code != ErrorCode::kNotFound) return std::move(size).error();
  return NotUploaded(digest);
}

// The whole blob in memory, for small ones. @error resource_limit if it passes `limit`,
// corrupt_data.
inline Result<std::string> ReadSmallBlob(const BlobStore& blobs, const Digest& digest,
                                         Bytes limit) {
  VENTRAL_ASSIGN_OR_RETURN(const Bytes size, blobs.Size(digest));
  if (size > limit) {
    return ResourceLimit("has " + std::to_string(size.value) + " bytes; at most " +
                         std::to_string(limit.value) + " are allowed");
  }
  std::string bytes;
  bytes.reserve(size.value);
  VENTRAL_RETURN_IF_ERROR(blobs.Read(digest, [&](std::string_view piece) -> Status {
    bytes.append(piece);
    return Ok{};
  }));
  return bytes;
}

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_HELD_BLOB_H_
