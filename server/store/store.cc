#include "server/store/store.h"

#include "server/store/database.h"
#include "server/store/postgres_accounts.h"
#include "server/store/postgres_audit_log.h"
#include "server/store/postgres_blob_rights.h"
#include "server/store/postgres_catalogue.h"
#include "server/store/postgres_job_queue.h"
#include "server/store/postgres_quotas.h"
#include "server/store/postgres_rescoring.h"
#include "server/store/postgres_worker_registry.h"

namespace ventral::store {
namespace {

// A database that was never migrated has no such table: ErrorOf says so.
constexpr char kVersion[] = "SELECT coalesce(max(version), 0) FROM ventral_migrations";

class PostgresStore final : public Store {
 public:
  PostgresStore(const StoreOptions& options, const Clock& clock)
      : clock_(clock),
        database_({options.connection, options.connections, options.statement_timeout, options.slow,
                   options.on_slow}),
        jobs_(database_, clock, options.policy, options.quota),
        keep_deleted_(options.keep_deleted),
        workers_(database_, clock),
        accounts_(database_, clock),
        audit_(database_, clock),
        rescoring_(database_, clock, options.policy, options.quota),
        quotas_(database_, clock, options.quota),
        blob_rights_(database_, clock, options.keep_deleted) {}

  JobQueue& jobs() override { return jobs_; }
  std::unique_ptr<Catalogue> CatalogueFor(const Viewer& viewer) override {
    return std::make_unique<PostgresCatalogue>(database_, clock_, viewer, keep_deleted_);
  }
  WorkerRegistry& workers() override { return workers_; }
  Rescoring& rescoring() override { return rescoring_; }
  Accounts& accounts() override { return accounts_; }
  AuditLog& audit() override { return audit_; }
  Result<Statistics> Measure() override { return store::Measure(database_, clock_.Now()); }
  PoolUse Pool() override { return database_.Use(); }
  BlobRights& blob_rights() override { return blob_rights_; }
  Quotas& quotas() override { return quotas_; }

  Status Ping() override {
    VENTRAL_ASSIGN_OR_RETURN(const int version,
                             database_.Transact<int>([](pqxx::work& transaction) -> Result<int> {
                               return transaction.exec1(kVersion)[0].as<int>();
                             }));
    if (version >= VENTRAL_SCHEMA_VERSION) return Ok{};
    return Unavailable("the database's schema is at version " + std::to_string(version) +
                       " and this server needs " + std::to_string(VENTRAL_SCHEMA_VERSION) +
                       ": run ventral-migrate up");
  }

 private:
  const Clock& clock_;
  Database database_;
  PostgresJobQueue jobs_;
  const std::chrono::hours keep_deleted_;
  PostgresWorkerRegistry workers_;
  PostgresAccounts accounts_;
  PostgresAuditLog audit_;
  PostgresRescoring rescoring_;
  PostgresQuotas quotas_;
  PostgresBlobRights blob_rights_;
};

}  // namespace

std::unique_ptr<Store> OpenStore(const StoreOptions& options, const Clock& clock) {
  return std::make_unique<PostgresStore>(options, clock);
}

}  // namespace ventral::store
