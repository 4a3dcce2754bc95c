// The queue in PostgreSQL.
#ifndef VENTRAL_SERVER_STORE_POSTGRES_JOB_QUEUE_H_
#define VENTRAL_SERVER_STORE_POSTGRES_JOB_QUEUE_H_

#include "scoring/base/clock.h"
#include "server/store/database.h"
#include "server/store/job_queue.h"
#include "server/store/quotas.h"

namespace ventral::store {

// `database` and `clock` outlive it. The submitter's half is in postgres_job_queue.cc, the worker's
// in postgres_leases.cc.
class PostgresJobQueue final : public JobQueue {
 public:
  PostgresJobQueue(Database& database, const Clock& clock, QueuePolicy policy, QuotaNumbers quota)
      : database_(database), clock_(clock), policy_(policy), quota_(quota) {}

  Result<JobRow> Create(const NewJob& job) override;
  Result<JobRow> Get(const std::string& id) override;
  Result<Page<JobRow>> List(const JobFilter& filter) override;
  Result<std::vector<AttemptRow>> Attempts(const std::string& id) override;
  Result<JobRow> Cancel(const std::string& id) override;
  Result<JobRow> Retry(const std::string& id, const std::string& by) override;

  Result<std::optional<LeaseRow>> Lease(const std::string& worker, const std::string& device,
                                        const std::vector<JobKind>& kinds) override;
  Result<Beat> Heartbeat(const std::string& job, const std::string& token,
                         const ProgressRow& progress) override;
  Result<std::vector<std::string>> Complete(const std::string& job, const std::string& token,
                                            std::span<const NewScore> scores,
                                            const std::string& log_tail,
                                            const std::optional<GramsRow>& grams) override;
  Result<JobRow> Fail(const std::string& job, const std::string& token,
                      const AttemptFailure& failure) override;
  Result<int> Reap() override;

 private:
  struct Held {  // what decides about a running job
    std::string job, token;
    int attempts = 0, max_attempts = 0;
    bool cancel_requested = false;
  };
  // Of a job whose row is locked.
  Result<JobRow> EndAttempt(pqxx::work& transaction, const Held& held,
                            const AttemptFailure& failure);

  Database& database_;
  const Clock& clock_;
  const QueuePolicy policy_;
  const QuotaNumbers quota_;
};

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_POSTGRES_JOB_QUEUE_H_
