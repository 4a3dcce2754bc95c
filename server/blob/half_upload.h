// Private to blob: what both sides say of uploads that are gone on with.
#ifndef VENTRAL_SERVER_BLOB_HALF_UPLOAD_H_
#define VENTRAL_SERVER_BLOB_HALF_UPLOAD_H_

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

}  // namespace ventral

#endif  // VENTRAL_SERVER_BLOB_HALF_UPLOAD_H_
