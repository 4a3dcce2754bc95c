// PostgreSQL behind the queue, the catalogue, the registry, rescoring, accounts, quotas and the
// audit log: the only room with SQL.
#ifndef VENTRAL_SERVER_STORE_STORE_H_
#define VENTRAL_SERVER_STORE_STORE_H_

#include <memory>
#include <string>
#include <vector>

#include "scoring/base/clock.h"
#include "scoring/base/result.h"
#include "server/store/accounts.h"
#include "server/store/audit_log.h"
#include "server/store/blob_rights.h"
#include "server/store/catalogue.h"
#include "server/store/job_queue.h"
#include "server/store/quotas.h"
#include "server/store/rescoring.h"
#include "server/store/statistics.h"
#include "server/store/viewer.h"
#include "server/store/worker_registry.h"

namespace ventral::store {

struct StoreOptions {
  std::string connection;  // libpq conninfo or URI
  int connections = 8;     // pooled; opened when needed, reopened when they break
  std::chrono::milliseconds statement_timeout{30'000};
  std::chrono::milliseconds slow{500};  // a transaction that takes so long is told
  OnSlow on_slow;                       // may be empty
  QueuePolicy policy;
  QuotaNumbers quota;                        // of each user, where nothing else was set for it
  std::chrono::hours keep_deleted{30 * 24};  // files of what was deleted, and the way back
};

// Thread-safe. A connection that Postgres dropped, or on which writing failed as it can only read,
// is replaced; what was in doubt is answered with `unavailable` and may be asked again, as every
// write is idempotent.
class Store {
 public:
  virtual ~Store() = default;
  virtual JobQueue& jobs() = 0;
  // As `viewer` sees it. The store outlives it.
  virtual std::unique_ptr<Catalogue> CatalogueFor(const Viewer& viewer) = 0;
  virtual WorkerRegistry& workers() = 0;
  virtual Rescoring& rescoring() = 0;
  virtual Accounts& accounts() = 0;
  virtual AuditLog& audit() = 0;
  virtual Result<Statistics> Measure() = 0;  // @error unavailable
  virtual PoolUse Pool() = 0;
  virtual BlobRights& blob_rights() = 0;
  virtual Quotas& quotas() = 0;
  // @error unavailable with a sentence that says what to do: no connection, a database that can
  //   only be read (a standby), or the schema is behind (names both versions and ventral-migrate).
  virtual Status Ping() = 0;
};

// `clock` outlives the store. Does not connect yet.
std::unique_ptr<Store> OpenStore(const StoreOptions& options, const Clock& clock);

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_STORE_H_
