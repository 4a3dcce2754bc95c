// The queue in PostgreSQL.
#ifndef VENTRAL_SERVER_STORE_POSTGRES_JOB_QUEUE_H_
#define VENTRAL_SERVER_STORE_POSTGRES_JOB_QUEUE_H_

#include <mutex>
#include <random>

#include "scoring/base/clock.h"
#include "server/store/database.h"
#include "server/store/job_queue.h"
#include "server/store/quotas.h"
#include "server/store/retry_policy.h"

namespace ventral::store {

// `database` and `clock` outlive it. The submitter's half is in postgres_job_queue.cc, the worker's
// in postgres_leases.cc.
class PostgresJobQueue final : public JobQueue {
 public:
  PostgresJobQueue(Database& database, const Clock& clock, QueuePolicy policy, QuotaNumbers quota)
      : database_(database),
        clock_(clock),
        policy_(policy),
        quota_(quota),
        quiet_until_(clock.Now() + policy.lease),
        random_(policy.jitter_seed != 0 ? policy.jitter_seed : std::random_device{}()) {}

  Result<JobRow> Create(const NewJob& job) override;
  Status CheckFits(const NewJob& job) override;
  Result<JobRow> Get(const std::string& id) override;
  Result<Page<JobRow>> List(const JobFilter& filter) override;
  Result<std::vector<AttemptRow>> Attempts(const std::string& id) override;
  Result<JobRow> Cancel(const std::string& id) override;
  Result<JobRow> Retry(const std::string& id, const std::string& by, bool by_admin) override;
  Result<JobRow> SetPriority(const std::string& id, int priority) override;

  Result<std::optional<LeaseRow>> Lease(const std::string& worker, const std::string& device,
                                        const std::vector<JobKind>& kinds,
                                        std::int64_t memory_bytes) override;
  Result<Beat> Heartbeat(const std::string& job, const std::string& token,
                         const ProgressRow& progress,
                         const std::optional<EstimateRow>& estimate) override;
  Result<std::vector<std::string>> Complete(const std::string& job, const std::string& token,
                                            std::span<const NewScore> scores,
                                            const std::string& log_tail,
                                            const std::optional<GramsRow>& grams) override;
  Result<JobRow> Fail(const std::string& job, const std::string& token,
                      const AttemptFailure& failure) override;
  Result<int> Reap(const OnReaped& told) override;

 private:
  struct Held {
    std::string job, token;
    History history;
  };
  // Of a job whose row is locked.
  Result<JobRow> EndAttempt(pqxx::work& transaction, const Held& held,
                            const AttemptFailure& failure);

  Result<int> ReapExpired(const OnReaped& told);
  double Chance();  // from [0, 1)
  bool IsQuiet();
  void BeQuiet();

  Database& database_;
  const Clock& clock_;
  const QueuePolicy policy_;
  const QuotaNumbers quota_;
  std::mutex mutex_;  // guards what follows
  TimePoint quiet_until_;
  std::mt19937_64 random_;
};

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_POSTGRES_JOB_QUEUE_H_
