// Quotas in PostgreSQL; the limit on jobs is held in job_quota.cc, where jobs are made.
#ifndef VENTRAL_SERVER_STORE_POSTGRES_QUOTAS_H_
#define VENTRAL_SERVER_STORE_POSTGRES_QUOTAS_H_

#include "server/store/database.h"
#include "server/store/quotas.h"

namespace ventral::store {

// `database` and `clock` outlive it.
class PostgresQuotas final : public Quotas {
 public:
  PostgresQuotas(Database& database, const Clock& clock, QuotaNumbers defaults)
      : database_(database), clock_(clock), defaults_(defaults) {}

  Result<QuotaRow> Get(const std::string& user) override;
  Result<QuotaRow> Set(const std::string& user, const QuotaChange& change) override;
  Result<UploadCharge> ChargeUpload(const std::string& user, std::int64_t bytes,
                                    std::int64_t uploads) override;
  Status GiveBack(const UploadCharge& charge, std::int64_t uploads, std::int64_t bytes) override;

 private:
  QuotaRow Read(pqxx::work& transaction, const std::string& user) const;

  Database& database_;
  const Clock& clock_;
  const QuotaNumbers defaults_;
};

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_POSTGRES_QUOTAS_H_
