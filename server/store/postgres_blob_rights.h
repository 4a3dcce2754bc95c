#ifndef VENTRAL_SERVER_STORE_POSTGRES_BLOB_RIGHTS_H_
#define VENTRAL_SERVER_STORE_POSTGRES_BLOB_RIGHTS_H_

#include "server/store/blob_rights.h"
#include "server/store/database.h"

namespace ventral::store {

// `database` and `clock` outlive it.
class PostgresBlobRights final : public BlobRights {
 public:
  PostgresBlobRights(Database& database, const Clock& clock, std::chrono::hours keep_deleted)
      : database_(database), clock_(clock), keep_deleted_(keep_deleted) {}

  Result<std::vector<std::string>> Unnamed(const std::vector<std::string>& digests) override;
  Result<std::set<std::string>> Nameable(const Viewer& viewer,
                                         const std::vector<std::string>& digests) override;
  Status Remember(const std::string& user, const std::string& digest) override;
  Status Forget(TimePoint before) override;

 private:
  Database& database_;
  const Clock& clock_;
  const std::chrono::hours keep_deleted_;
};

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_POSTGRES_BLOB_RIGHTS_H_
