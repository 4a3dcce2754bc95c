// Holding many blobs at once: in a bucket each of them costs round trips.
#ifndef VENTRAL_SERVER_BLOB_HOLD_ALL_H_
#define VENTRAL_SERVER_BLOB_HOLD_ALL_H_

#include <span>
#include <vector>

#include "server/blob/blob_store.h"

namespace ventral {

// What Hold answers for each, in order: its size, not_found or conflict. Up to eight are asked for
// at a time. @error any other of Hold's; no more are asked for then.
Result<std::vector<Result<Bytes>>> HoldAll(const BlobStore& blobs, std::span<const Digest> digests);

// Whether Hold answers that the blob has to be uploaded: it is not there, or may be about to go.
bool HasToBeUploaded(const Error& error);

}  // namespace ventral

#endif  // VENTRAL_SERVER_BLOB_HOLD_ALL_H_
