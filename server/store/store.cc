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
constexpr char kState[] = R"(
  SELECT coalesce(max(version), 0) AS version, pg_is_in_recovery() AS standby,
         current_setting('transaction_read_only')::boolean AS read_only
  FROM ventral_migrations)";

// A connection that says unavailable is dropped, so the next one may lead to another host.
Status CheckState(const pqxx::row& state) {
  if (state["standby"].as<bool>()) {
    return Unavailable(
        "the database is a standby, which can only be read: promote it, or name the primary, or "
        "all hosts with target_session_attrs=read-write, in --database");
  }
  if (state["read_only"].as<bool>()) {
    return Unavailable(
        "the database can only be read (default_transaction_read_only): let this server write");
  }
  const int version = state["version"].as<int>();
  if (version >= VENTRAL_SCHEMA_VERSION) return Ok{};
  return Unavailable("the database's schema is at version " + std::to_string(version) +
                     " and this server needs " + std::to_string(VENTRAL_SCHEMA_VERSION) +
                     ": run ventral-migrate up");
}

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
    return database_.Transact<Ok>(
        [](pqxx::work& transaction) { return CheckState(transaction.exec1(kState)); });
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
