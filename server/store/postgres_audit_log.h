// The audit log in PostgreSQL, which refuses to change or delete what stands in it.
#ifndef VENTRAL_SERVER_STORE_POSTGRES_AUDIT_LOG_H_
#define VENTRAL_SERVER_STORE_POSTGRES_AUDIT_LOG_H_

#include "scoring/base/clock.h"
#include "server/store/audit_log.h"
#include "server/store/database.h"

namespace ventral::store {

// `database` and `clock` outlive it.
class PostgresAuditLog final : public AuditLog {
 public:
  PostgresAuditLog(Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  Status Append(const AuditRow& event) override;
  Result<Page<AuditRow>> List(const AuditFilter& filter) override;

 private:
  Database& database_;
  const Clock& clock_;
};

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_POSTGRES_AUDIT_LOG_H_
