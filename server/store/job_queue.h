// The queue: leases fenced by token. No submission is lost, and no worker that lost its lease can
// write a score.
#ifndef VENTRAL_SERVER_STORE_JOB_QUEUE_H_
#define VENTRAL_SERVER_STORE_JOB_QUEUE_H_

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "scoring/base/result.h"
#include "server/store/rows.h"

namespace ventral::store {

struct NewJob {
  std::string model, checkpoint_sha256, pack;
  std::string request_id;  // the same id answers with the job of the first request
  std::string owner{};     // user whose limit it counts against; empty: nobody known
};

struct JobFilter {
  std::vector<JobState> states;  // all when empty
  std::string model;             // all when empty
  int page_size = 50;
  std::string page_token;
};

struct AttemptFailure {
  FailureRow failure;
  std::string log_tail;
  bool cancelled = false;  // the submitter asked for the end
  bool released = false;   // the worker drains: no attempt is used up
};

struct QueuePolicy {
  int max_attempts = 3;
  std::chrono::seconds lease{60};
  std::chrono::seconds first_backoff{5};  // doubles with each attempt
  std::chrono::seconds longest_backoff{600};
};

class JobQueue {
 public:
  virtual ~JobQueue() = default;

  // @error not_found names what is missing: model, checkpoint or pack.
  // @error conflict if request_id stood for another job; resource_limit if the owner has as many
  //   jobs as it may (says how many, and how there will be room).
  virtual Result<JobRow> Create(const NewJob& job) = 0;
  virtual Result<JobRow> Get(const std::string& id) = 0;
  virtual Result<Page<JobRow>> List(const JobFilter& filter) = 0;
  virtual Result<std::vector<AttemptRow>> Attempts(const std::string& id) = 0;
  // Queued → cancelled; running → cancel_requested. @error conflict when it has ended.
  virtual Result<JobRow> Cancel(const std::string& id) = 0;
  // Failed or cancelled → queued, with fresh attempts, as a job of `by`, if said. @error conflict
  // otherwise; resource_limit as Create, but for a job that failed by our fault (infrastructure).
  virtual Result<JobRow> Retry(const std::string& id, const std::string& by = {}) = 0;

  // The oldest job of these kinds (any when empty) that may run now, or nullopt.
  virtual Result<std::optional<LeaseRow>> Lease(const std::string& worker,
                                                const std::string& device,
                                                const std::vector<JobKind>& kinds = {}) = 0;
  struct Beat {
    TimePoint expires;
    bool cancel_requested = false;
  };
  // @error lease_lost unless `token` is the job's current one.
  virtual Result<Beat> Heartbeat(const std::string& job, const std::string& token,
                                 const ProgressRow& progress) = 0;
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
  // Ends the attempts whose lease has run out (cause infrastructure); returns how many.
  virtual Result<int> Reap() = 0;
};

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_JOB_QUEUE_H_
