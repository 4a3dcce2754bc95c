// The registry in PostgreSQL.
#ifndef VENTRAL_SERVER_STORE_POSTGRES_WORKER_REGISTRY_H_
#define VENTRAL_SERVER_STORE_POSTGRES_WORKER_REGISTRY_H_

#include "scoring/base/clock.h"
#include "server/store/database.h"
#include "server/store/worker_registry.h"

namespace ventral::store {

// `database` and `clock` outlive it.
class PostgresWorkerRegistry final : public WorkerRegistry {
 public:
  PostgresWorkerRegistry(Database& database, const Clock& clock)
      : database_(database), clock_(clock) {}

  Status Heard(const WorkerRow& worker) override;
  Status HeardAtWork(const std::string& job) override;
  Result<Page<WorkerRow>> List(const PageRequest& page, const Viewer& viewer) override;

 private:
  Status ForgetOthersThan(const std::string& name, TimePoint now);

  Database& database_;
  const Clock& clock_;
};

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_POSTGRES_WORKER_REGISTRY_H_
