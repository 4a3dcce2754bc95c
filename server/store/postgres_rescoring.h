// Rescoring in PostgreSQL.
#ifndef VENTRAL_SERVER_STORE_POSTGRES_RESCORING_H_
#define VENTRAL_SERVER_STORE_POSTGRES_RESCORING_H_

#include "scoring/base/clock.h"
#include "server/store/database.h"
#include "server/store/job_queue.h"
#include "server/store/quotas.h"
#include "server/store/rescoring.h"

namespace ventral::store {

// `database` and `clock` outlive it.
class PostgresRescoring final : public Rescoring {
 public:
  PostgresRescoring(Database& database, const Clock& clock, QueuePolicy policy, QuotaNumbers quota)
      : database_(database), clock_(clock), policy_(policy), quota_(quota) {}

  Result<RescoreCandidates> Candidates(const RescoreFilter& filter) override;
  Result<std::vector<JobRow>> Create(std::span<const RescoreCandidate> candidates,
                                     const Viewer& by) override;

 private:
  Database& database_;
  const Clock& clock_;
  const QueuePolicy policy_;
  const QuotaNumbers quota_;
};

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_POSTGRES_RESCORING_H_
