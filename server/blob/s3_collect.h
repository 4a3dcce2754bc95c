// Private to blob: removing what nobody names from a bucket that others write at the same time.
#ifndef VENTRAL_SERVER_BLOB_S3_COLLECT_H_
#define VENTRAL_SERVER_BLOB_S3_COLLECT_H_

#include "server/blob/blob_store.h"
#include "server/blob/s3_blobs.h"

namespace ventral {

// BlobStore::Hold.
Result<Bytes> HoldS3Blob(const S3Blobs& blobs, const Digest& digest);

// BlobStore::Collect. A blob is older than `before` by the store's clock, and by kS3Grace.
// Removes marks that count no more.
// @error unavailable; errors of `unnamed`.
Result<Collected> CollectS3Blobs(const S3Blobs& blobs, TimePoint before,
                                 const BlobStore::Unnamed& unnamed);

}  // namespace ventral

#endif  // VENTRAL_SERVER_BLOB_S3_COLLECT_H_
