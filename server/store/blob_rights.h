// Which blobs somebody needs, and who may name which.
#ifndef VENTRAL_SERVER_STORE_BLOB_RIGHTS_H_
#define VENTRAL_SERVER_STORE_BLOB_RIGHTS_H_

#include <set>
#include <string>
#include <vector>

#include "scoring/base/clock.h"
#include "scoring/base/result.h"
#include "server/store/viewer.h"

namespace ventral::store {

// Digests are hexadecimal SHA-256. @error unavailable, of each.
class BlobRights {
 public:
  virtual ~BlobRights() = default;

  // Those of these that no row names. What names the files of a model or pack that was deleted
  // longer ago than StoreOptions::keep_deleted (and a day, as clocks differ) counts no more.
  virtual Result<std::vector<std::string>> Unnamed(const std::vector<std::string>& digests) = 0;

  // Those of these that the viewer may build upon: it uploaded them, or something that it sees
  // names them (a model's checkpoint, a file of a pack that is public or its own). Else who has
  // heard of the digest of a private checkpoint could have it scored as its own.
  virtual Result<std::set<std::string>> Nameable(const Viewer& viewer,
                                                 const std::vector<std::string>& digests) = 0;
  // `user` has sent these bytes. Nothing for "".
  virtual Status Remember(const std::string& user, const std::string& digest) = 0;
  // Uploads of before: whoever has not named them by then sends them again.
  virtual Status Forget(TimePoint before) = 0;
};

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_BLOB_RIGHTS_H_
