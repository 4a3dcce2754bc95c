// Private to blob: what a folder and a bucket say alike where they refuse.
#ifndef VENTRAL_SERVER_BLOB_STORE_ERRORS_H_
#define VENTRAL_SERVER_BLOB_STORE_ERRORS_H_

#include <string>

#include "server/blob/blob_store.h"

namespace ventral {

inline Error GoesOnElsewhere(Bytes offset, Bytes there) {
  return Conflict("the upload goes on behind " + std::to_string(offset.value) + " bytes, and " +
                  std::to_string(there.value) + " are there: ask QueryUpload");
}

inline Error AnotherUploads(const UploadName& upload) {
  return Unavailable("the bytes " + upload.digest.hex() +
                     " are being uploaded by another call just now: try again in a moment");
}

inline Error MayGo(const Digest& digest) {
  return Conflict("the blob " + digest.hex() +
                  " may be about to be removed: upload it again, or try again later");
}

}  // namespace ventral

#endif  // VENTRAL_SERVER_BLOB_STORE_ERRORS_H_
