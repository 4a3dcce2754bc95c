// Private to blob: one blob's bytes out of a bucket.
#ifndef VENTRAL_SERVER_BLOB_S3_READ_H_
#define VENTRAL_SERVER_BLOB_S3_READ_H_

#include <functional>
#include <string_view>

#include "scoring/base/digest.h"
#include "server/blob/s3_blobs.h"

namespace ventral {

// As BlobStore::Read. A connection that breaks is made again, and goes on behind the last byte that
// came; the reading ends when that brings nothing new as often as the store's `attempts`. Bytes of
// another digest are read once more: where they are wrong again, the blob is marked as damaged.
Status ReadS3Blob(const S3Blobs& blobs, const Digest& digest,
                  const std::function<Status(std::string_view)>& sink);

}  // namespace ventral

#endif  // VENTRAL_SERVER_BLOB_S3_READ_H_
