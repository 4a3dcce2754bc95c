// Which blobs rows name.
#ifndef VENTRAL_SERVER_STORE_BLOB_NAMES_H_
#define VENTRAL_SERVER_STORE_BLOB_NAMES_H_

#include <string>
#include <vector>

#include "scoring/base/result.h"

namespace ventral::store {

class Database;

// Those of `digests` (hex) that no checkpoint, no file of a pack and no kept Grams name.
// @error unavailable.
Result<std::vector<std::string>> UnnamedBlobs(Database& database,
                                              const std::vector<std::string>& digests);

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_BLOB_NAMES_H_
