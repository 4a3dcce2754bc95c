// Where blobs are kept, as one word on the command line says it.
#ifndef VENTRAL_SERVER_BLOB_BLOB_LOCATION_H_
#define VENTRAL_SERVER_BLOB_BLOB_LOCATION_H_

#include <filesystem>
#include <string>
#include <string_view>

#include "scoring/base/result.h"

namespace ventral {

// A folder, or keys below a prefix of a bucket.
struct BlobLocation {
  std::filesystem::path folder;  // empty: it is a bucket
  std::string bucket;
  std::string prefix;  // without slashes at its ends; may be empty

  bool in_bucket() const { return !bucket.empty(); }
};

// "s3://BUCKET", "s3://BUCKET/PREFIX", "file:///FOLDER", or a folder's path.
// @error invalid_input for another scheme, a name that no bucket has, a prefix of other characters
//   than letters, digits, ".", "_", "-" and "/".
Result<BlobLocation> ParseBlobLocation(std::string_view text);

}  // namespace ventral

#endif  // VENTRAL_SERVER_BLOB_BLOB_LOCATION_H_
