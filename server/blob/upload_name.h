// What an upload that can be gone on with is known by.
#ifndef VENTRAL_SERVER_BLOB_UPLOAD_NAME_H_
#define VENTRAL_SERVER_BLOB_UPLOAD_NAME_H_

#include <chrono>
#include <string>

#include "scoring/base/digest.h"
#include "scoring/base/units.h"

namespace ventral {

// Whose upload it is, and of what: another owner's is another upload.
struct UploadName {
  std::string owner;  // a user's id; empty where there are no accounts
  Digest digest;
  Bytes size;
};

// What is left of an upload that was cut stays at least so long behind its last byte.
inline constexpr std::chrono::hours kHalfUploadLives{24};

}  // namespace ventral

#endif  // VENTRAL_SERVER_BLOB_UPLOAD_NAME_H_
