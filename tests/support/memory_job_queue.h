// The queue in memory: the other side of the JobQueue seam, for tests of what stands on it.
#ifndef VENTRAL_TESTS_SUPPORT_MEMORY_JOB_QUEUE_H_
#define VENTRAL_TESTS_SUPPORT_MEMORY_JOB_QUEUE_H_

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "scoring/base/clock.h"
#include "server/store/job_queue.h"

namespace ventral::testing {

// Thread-safe. Passes the same conformance suite as the queue in PostgreSQL
// (tests/db/job_queue_*_test.cc).
class MemoryJobQueue final : public store::JobQueue {
 public:
  // `clock` outlives it.
  MemoryJobQueue(store::QueuePolicy policy, const Clock& clock) : policy_(policy), clock_(clock) {}

  // What jobs may name. A pack added again is its newest version.
  void AddCheckpoint(const store::CheckpointRow& checkpoint);
  void AddPrivateModel(const std::string& id, const std::string& owner);
  // Of one that AddPrivateModel made.
  void SetPrivate(const std::string& id, bool is_private);
  void AddPack(const store::PackRow& pack);
  void DeletePack(const std::string& id);
  // As WorkerRegistry::Heard, for what is asked of it here: memory, sandbox and when.
  void Heard(const store::WorkerRow& worker);

  Result<store::JobRow> Create(const store::NewJob& job) override;
  Status CheckFits(const store::NewJob& job) override;
  Result<store::JobRow> Get(const std::string& id) override;
  Result<store::Page<store::JobRow>> List(const store::JobFilter& filter) override;
  Result<std::vector<store::AttemptRow>> Attempts(const std::string& id) override;
  Result<store::JobRow> Cancel(const std::string& id) override;
  Result<store::JobRow> Retry(const std::string& id, const std::string& by, bool by_admin) override;
  Result<store::JobRow> SetPriority(const std::string& id, int priority) override;
  Result<std::optional<store::LeaseRow>> Lease(const std::string& worker, const std::string& device,
                                               const std::vector<store::JobKind>& kinds,
                                               std::int64_t memory_bytes) override;
  Result<Beat> Heartbeat(const std::string& job, const std::string& token,
                         const store::ProgressRow& progress,
                         const std::optional<store::EstimateRow>& estimate) override;
  Result<std::vector<std::string>> Complete(const std::string& job, const std::string& token,
                                            std::span<const store::NewScore> scores,
                                            const std::string& log_tail,
                                            const std::optional<store::GramsRow>& grams) override;
  Result<store::JobRow> Fail(const std::string& job, const std::string& token,
                             const store::AttemptFailure& failure) override;
  Result<int> Reap(const OnReaped& told) override;

 private:
  struct Job {
    store::JobRow row;
    std::string request_id, token, completed_token;
    TimePoint lease_expires{};
    int crashes = 0, lost_leases = 0, memory_factor = 1;
    std::int64_t needed_memory = 0;
    std::vector<store::AttemptRow> attempts;
  };

  // All of these with the lock held. nullptr if there is none.
  Job* Find(const std::string& id);
  Job* FindLeased(const std::string& id, const std::string& token);
  void End(Job& job);  // as Cancel
  void EndBecause(Job& job, const std::string& why);
  bool Sees(const std::string& user, const std::string& model) const;
  Job* NextFor(const std::vector<store::JobKind>& kinds, std::int64_t memory_bytes);
  std::int64_t MostMemory(store::JobKind kind) const;
  std::int64_t KnownNeed(const store::NewJob& job) const;
  Status CheckFits(std::int64_t needed, store::JobKind kind) const;
  static void Move(Job& job, store::JobState to);
  void EndAttempt(Job& job, const store::AttemptFailure& failure);
  std::string NewId();

  const store::QueuePolicy policy_;
  const Clock& clock_;
  std::mutex mutex_;
  std::vector<Job> jobs_;  // in the order of creation
  std::map<std::pair<std::string, std::string>, store::CheckpointRow> checkpoints_;
  std::set<std::string> models_;
  std::map<std::string, std::string> owners_;  // of models that have one
  std::set<std::string> private_models_;
  std::map<std::pair<std::string, std::string>, store::PackRow> packs_;  // by id and version
  std::map<std::string, store::WorkerRow> workers_;                      // by name
  std::map<std::string, std::string> newest_;                            // version of each pack
  std::set<std::string> deleted_packs_;
  int ids_ = 0;
};

}  // namespace ventral::testing

#endif  // VENTRAL_TESTS_SUPPORT_MEMORY_JOB_QUEUE_H_
