// Blobs that a request builds upon: they must have been uploaded before.
#ifndef VENTRAL_SERVER_SERVICE_HELD_BLOB_H_
#define VENTRAL_SERVER_SERVICE_HELD_BLOB_H_

#include <string>
#include <utility>

#include "server/blob/blob_store.h"

namespace ventral::service {

inline Error NotUploaded(const Digest& digest) {
  return Conflict("the blob " + digest.hex() +
                  " was not uploaded; upload it with UploadBlob first");
}

// What the caller hears where BlobStore::Hold answered `error`: conflict (FAILED_PRECONDITION to
// the client) if the blob was not uploaded, unavailable if a collector may be at it.
inline Error NotHeld(const Digest& digest, Error error) {
  if (error.code == ErrorCode::kNotFound) return NotUploaded(digest);
  if (error.code == ErrorCode::kConflict) return Unavailable(std::move(error.message));
  return error;
}

// Size in bytes. @error as NotHeld says.
inline Result<Bytes> HeldBytes(const BlobStore& blobs, const Digest& digest) {
  auto held = blobs.Hold(digest);
  if (!held.ok()) return NotHeld(digest, std::move(held).error());
  return held;
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
