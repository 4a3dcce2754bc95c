// The queue: leases fenced by token. No submission is lost, and no worker that lost its lease can
// write a score.
#ifndef VENTRAL_SERVER_STORE_JOB_QUEUE_H_
#define VENTRAL_SERVER_STORE_JOB_QUEUE_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "scoring/base/result.h"
#include "server/store/rows.h"
#include "server/store/viewer.h"

namespace ventral::store {

struct NewJob {
  std::string model, checkpoint_sha256, pack;
  std::string request_id;  // the same id answers with the job of the first request
  std::string owner{};     // user whose limit it counts against; empty: nobody known
  bool sees_all = false;   // as a Viewer, whose own it becomes
};

struct JobFilter {
  std::vector<JobState> states;  // all when empty
  std::string model;             // all when empty
  int page_size = 50;
  std::string page_token;
  Viewer viewer{};  // by default one that sees public models only
};

struct AttemptFailure {
  FailureRow failure;
  std::string log_tail;
  bool cancelled = false;  // the submitter asked for the end
  bool released = false;   // the worker drains: no attempt is used up
  bool lost = false;       // its worker fell silent until the lease had run out
};

struct QueuePolicy {
  int max_attempts = 3;
  std::chrono::seconds lease{60};
  std::chrono::seconds first_backoff{5};  // doubles with each attempt
  std::chrono::seconds longest_backoff{600};
  double jitter = 0.25;           // a backoff is longer by up to this fraction of it
  std::uint64_t jitter_seed = 0;  // 0: another one at each start
  int most_crashes = 2;           // by so many attempts, and the job is quarantined
  int most_lost_leases = 2;       // as many that took their worker with them
  int more_memory = 2;            // factor of the budget, after an attempt that had too little
};

class JobQueue {
 public:
  virtual ~JobQueue() = default;

  // @error not_found names what is missing, or what its maker does not see: model, checkpoint or
  //   pack. Whoever withdraws or deletes one of these meanwhile was before it, or ends it.
  // @error conflict if request_id stood for another job, or another user's; resource_limit if the
  //   owner has as many jobs as it may, at a time or on a held-out pack (says how many, and how
  //   there will be room).
  virtual Result<JobRow> Create(const NewJob& job) = 0;
  // Whether such a job could run anywhere, by what an earlier one of the same checkpoint on the
  // same version of the pack was found to need, and what memory the workers say that they have. Of
  // a request that was answered before it is not asked. @error conflict says both figures.
  virtual Status CheckFits(const NewJob& job) = 0;
  virtual Result<JobRow> Get(const std::string& id) = 0;
  virtual Result<Page<JobRow>> List(const JobFilter& filter) = 0;
  virtual Result<std::vector<AttemptRow>> Attempts(const std::string& id) = 0;
  // Queued → cancelled; running → cancel_requested. @error conflict when it has ended.
  virtual Result<JobRow> Cancel(const std::string& id) = 0;
  // Failed or cancelled → queued, with fresh attempts, as a job of `by`, if it is nobody's. @error
  // resource_limit as Create for whose it is, unless an admin asks, and of jobs at a time unless it
  // failed by our fault (infrastructure); conflict otherwise, where another rescore of the same
  // checkpoint on the same pack waits or runs, where whose job it is does not see the model any
  // more, and where no worker has what it is known to need (CheckFits), unless an admin asks, who
  // has that forgotten; not_found where model or pack is deleted; permission for a quarantined job,
  // unless an admin asks.
  virtual Result<JobRow> Retry(const std::string& id, const std::string& by = {},
                               bool by_admin = false) = 0;
  // From −100 to 100. @error invalid_input beyond; conflict when it has ended.
  virtual Result<JobRow> SetPriority(const std::string& id, int priority) = 0;

  // Of the jobs of these kinds (any when empty) that may run now: those of the highest priority, of
  // these those of the user who has the fewest running, of these the oldest. Or nullopt. None that
  // is known to need more than `memory_bytes`, which a run may take there; 0: not known, so any.
  virtual Result<std::optional<LeaseRow>> Lease(const std::string& worker,
                                                const std::string& device,
                                                const std::vector<JobKind>& kinds = {},
                                                std::int64_t memory_bytes = 0) = 0;
  struct Beat {
    TimePoint expires;
    bool cancel_requested = false;
    int attempt = 0;  // its number
  };
  // An attempt whose lease ran out.
  struct Reaped {
    std::string job, worker;
    int attempt = 0;
    JobState state = JobState::kQueued;  // the job's, then
  };
  using OnReaped = std::function<void(const Reaped&)>;
  // @error lease_lost unless `token` is the job's current one.
  virtual Result<Beat> Heartbeat(const std::string& job, const std::string& token,
                                 const ProgressRow& progress,
                                 const std::optional<EstimateRow>& estimate = {}) = 0;
  // Inserts the scores and ends the job in one statement, which also names its Grams where they are
  // kept; those of a rescore are named already. Returns the scores' ids. Asked again with the same
  // token after success, answers with the same ids. @error lease_lost, invalid_input.
  virtual Result<std::vector<std::string>> Complete(const std::string& job,
                                                    const std::string& token,
                                                    std::span<const NewScore> scores,
                                                    const std::string& log_tail,
                                                    const std::optional<GramsRow>& grams = {}) = 0;
  // @error lease_lost.
  virtual Result<JobRow> Fail(const std::string& job, const std::string& token,
                              const AttemptFailure& failure) = 0;
  // Ends the attempts whose lease has run out (cause infrastructure); returns how many. For the
  // length of a lease after this queue was opened, and after it failed to do so, it ends none: the
  // workers must have had time to be heard again.
  // `told`, which may be empty, hears of each that was ended.
  virtual Result<int> Reap(const OnReaped& told = {}) = 0;
};

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_JOB_QUEUE_H_
