#include "server/store/postgres_job_queue.h"

#include "server/store/fields.h"
#include "server/store/job_queries.h"
#include "server/store/job_quota.h"
#include "server/store/job_rows.h"
#include "server/store/job_state.h"
#include "server/store/pack_policy.h"
#include "server/store/page_row.h"
#include "server/store/pool_memory.h"
#include "server/store/queue_errors.h"

namespace ventral::store {
namespace {

Result<JobRow> GetJob(pqxx::work& transaction, const std::string& id) {
  const pqxx::result rows = transaction.exec_params(job_queries::kGet, id);
  if (rows.empty()) return NoSuchJob(id);
  return JobOf(rows[0]);
}

// The job that this request made before, if there is one.
Result<std::optional<JobRow>> JobOfRequest(pqxx::work& transaction, const NewJob& wanted) {
  if (wanted.request_id.empty()) return std::optional<JobRow>();
  const pqxx::result rows = transaction.exec_params(job_queries::kByRequest, wanted.request_id);
  if (rows.empty()) return std::optional<JobRow>();
  JobRow job = JobOf(rows[0]);
  if (job.model != wanted.model || job.checkpoint_sha256 != wanted.checkpoint_sha256 ||
      job.pack != wanted.pack || job.owner != wanted.owner) {
    return OtherRequest(wanted.request_id);
  }
  return std::optional<JobRow>(std::move(job));
}

// What the job is on stays as it is until the transaction's end.
// @error not_found if model or pack was deleted; conflict if whose job it is, or will be, does not
// see the model.
Status HoldSubject(pqxx::work& transaction, const std::string& id, const std::string& by) {
  const pqxx::result model = transaction.exec_params(job_queries::kHoldModel, id, NullIfEmpty(by));
  if (model.empty() || !FlagOf(model[0], "there")) return NoSuchJob(id);
  if (!FlagOf(model[0], "seen")) return MakerSeesNoModel(id, TextOf(model[0], "model_id"));
  const pqxx::result pack = transaction.exec_params(job_queries::kHoldPack, id);
  if (!pack.empty() && !IsNull(pack[0], "deleted")) return NoSuchJob(id);
  return Ok{};
}

// @error conflict if the job is a rescore, and another of its checkpoint on its pack waits or runs.
Status CheckOneRescore(pqxx::work& transaction, const std::string& id) {
  if (transaction.exec_params(job_queries::kIsRescore, id).empty()) return Ok{};
  transaction.exec(job_queries::kLockRescores);
  const pqxx::result other = transaction.exec_params(job_queries::kOtherRescore, id);
  if (other.empty()) return Ok{};
  return Conflict("job " + TextOf(other[0], "job_id") +
                  " scores the same checkpoint on the same pack again already");
}

}  // namespace

Result<JobRow> PostgresJobQueue::Create(const NewJob& job) {
  VENTRAL_RETURN_IF_ERROR(CheckTexts({{"model", job.model},
                                      {"checkpoint", job.checkpoint_sha256},
                                      {"pack", job.pack},
                                      {"request_id", job.request_id},
                                      {"owner", job.owner}}));
  return database_.Transact<JobRow>([&](pqxx::work& transaction) -> Result<JobRow> {
    VENTRAL_ASSIGN_OR_RETURN(auto before, JobOfRequest(transaction, job));
    if (before) return *std::move(before);
    const pqxx::row there =
        transaction.exec_params1(job_queries::kWhatIsThere, job.model, job.checkpoint_sha256,
                                 job.pack, ViewerParameter({job.owner, job.sees_all}));
    if (!FlagOf(there, "model")) return NoSuchModel(job.model);
    if (!FlagOf(there, "checkpoint")) return NoSuchCheckpoint(job.model, job.checkpoint_sha256);
    if (IsNull(there, "pack_version") || !IsNull(there, "pack_deleted")) {
      return NoSuchPack(job.pack);
    }
    Status room = CheckJobQuota(transaction, job.owner, quota_);
    if (room.ok()) room = CheckAttempts(transaction, job.owner, job.pack, clock_.Now());
    if (!room.ok()) {
      // It may be this very request, asked twice at once, that took the last place.
      VENTRAL_ASSIGN_OR_RETURN(auto same, JobOfRequest(transaction, job));
      if (same) return *std::move(same);
      return room.error();
    }
    const pqxx::result made = transaction.exec_params(
        job_queries::kInsert, job.model, job.checkpoint_sha256, job.pack,
        TextOf(there, "pack_version"), NullIfEmpty(job.request_id), policy_.max_attempts,
        TimestampText(clock_.Now()), NullIfEmpty(job.owner));
    if (!made.empty()) return JobOf(made[0]);
    // The same request came twice at once, and the other one was first.
    VENTRAL_ASSIGN_OR_RETURN(auto first, JobOfRequest(transaction, job));
    if (first) return *std::move(first);
    return Unavailable("the same request is being served just now: try again");
  });
}

Status PostgresJobQueue::CheckFits(const NewJob& job) {
  VENTRAL_RETURN_IF_ERROR(CheckTexts({{"model", job.model},
                                      {"checkpoint", job.checkpoint_sha256},
                                      {"pack", job.pack},
                                      {"request_id", job.request_id}}));
  const auto fits = database_.Transact<bool>([&](pqxx::work& transaction) -> Result<bool> {
    VENTRAL_RETURN_IF_ERROR(CheckFitsSomewhere(transaction, job, clock_.Now()));
    return true;
  });
  return fits.ok() ? Status(Ok{}) : Status(fits.error());
}

Result<JobRow> PostgresJobQueue::Get(const std::string& id) {
  if (!IsUuid(id)) return NoSuchJob(id);
  return database_.Transact<JobRow>(
      [&](pqxx::work& transaction) { return GetJob(transaction, id); });
}

Result<Page<JobRow>> PostgresJobQueue::List(const JobFilter& filter) {
  VENTRAL_ASSIGN_OR_RETURN(const int size, PageSize(filter.page_size));
  VENTRAL_ASSIGN_OR_RETURN(const std::string last_job, ReadPageUuid("jobs", filter.page_token));
  VENTRAL_RETURN_IF_ERROR(CheckTexts({{"model", filter.model}}));
  std::vector<std::string> states;
  for (JobState state : filter.states) states.emplace_back(JobStateName(state));
  return database_.Transact<Page<JobRow>>([&](pqxx::work& transaction) -> Result<Page<JobRow>> {
    VENTRAL_ASSIGN_OR_RETURN(const std::int64_t below,
                             NumberOfLastRow(transaction, "jobs", last_job, job_queries::kNumber));
    const pqxx::result rows =
        transaction.exec_params(job_queries::kList, TextArray(states), filter.model, below,
                                size + 1, ViewerParameter(filter.viewer));
    std::vector<JobRow> jobs;
    for (const auto& row : rows) jobs.push_back(JobOf(row));
    return CutPage(std::move(jobs), size, "jobs", [&](std::size_t last) {
      return TextOf(rows[static_cast<pqxx::result::size_type>(last)], "job_id");
    });
  });
}

Result<std::vector<AttemptRow>> PostgresJobQueue::Attempts(const std::string& id) {
  if (!IsUuid(id)) return NoSuchJob(id);
  return database_.Transact<std::vector<AttemptRow>>(
      [&](pqxx::work& transaction) -> Result<std::vector<AttemptRow>> {
        VENTRAL_RETURN_IF_ERROR(GetJob(transaction, id));
        std::vector<AttemptRow> attempts;
        for (const auto& row : transaction.exec_params(job_queries::kAttempts, id))
          attempts.push_back(AttemptOf(row));
        return attempts;
      });
}

Result<JobRow> PostgresJobQueue::Cancel(const std::string& id) {
  if (!IsUuid(id)) return NoSuchJob(id);
  return database_.Transact<JobRow>([&](pqxx::work& transaction) -> Result<JobRow> {
    const pqxx::result rows =
        transaction.exec_params(job_queries::kCancel, id, TimestampText(clock_.Now()));
    if (!rows.empty()) return JobOf(rows[0]);
    VENTRAL_ASSIGN_OR_RETURN(const JobRow job, GetJob(transaction, id));
    return NotInState(job, "cancelled", "a queued or running job");
  });
}

Result<JobRow> PostgresJobQueue::Retry(const std::string& id, const std::string& by,
                                       bool by_admin) {
  if (!IsUuid(id)) return NoSuchJob(id);
  return database_.Transact<JobRow>([&](pqxx::work& transaction) -> Result<JobRow> {
    VENTRAL_RETURN_IF_ERROR(CheckOneRescore(transaction, id));
    VENTRAL_RETURN_IF_ERROR(HoldSubject(transaction, id, by));
    const pqxx::result over = transaction.exec_params(job_queries::kLockOver, id);
    if (!over.empty() && !by_admin) {
      const std::string owner = TextOf(over[0], "owner");
      const std::string& whose = owner.empty() ? by : owner;
      if (!FlagOf(over[0], "our_fault")) {
        VENTRAL_RETURN_IF_ERROR(CheckJobQuota(transaction, whose, quota_));
      }
      if (FlagOf(over[0], "counts")) {
        VENTRAL_RETURN_IF_ERROR(
            CheckAttempts(transaction, whose, TextOf(over[0], "pack_id"), clock_.Now(), id));
      }
    }
    const Status fits =
        over.empty() ? Status(Ok{}) : CheckFitsSomewhere(transaction, id, clock_.Now());
    if (!by_admin) VENTRAL_RETURN_IF_ERROR(fits);
    const pqxx::result rows =
        transaction.exec_params(job_queries::kRetry, id, TimestampText(clock_.Now()),
                                policy_.max_attempts, by_admin, NullIfEmpty(by), !fits.ok());
    if (!rows.empty()) return JobOf(rows[0]);
    VENTRAL_ASSIGN_OR_RETURN(const JobRow job, GetJob(transaction, id));
    if (job.quarantined) return Quarantined(id);
    return NotInState(job, "retried", "a failed or cancelled job");
  });
}

Result<JobRow> PostgresJobQueue::SetPriority(const std::string& id, int priority) {
  if (priority < -100 || priority > 100) return PriorityOutOfRange();
  if (!IsUuid(id)) return NoSuchJob(id);
  return database_.Transact<JobRow>([&](pqxx::work& transaction) -> Result<JobRow> {
    const pqxx::result rows = transaction.exec_params(job_queries::kSetPriority, id, priority);
    if (!rows.empty()) return JobOf(rows[0]);
    VENTRAL_ASSIGN_OR_RETURN(const JobRow job, GetJob(transaction, id));
    return NotInState(job, "given a priority", "a queued or running job");
  });
}

}  // namespace ventral::store
