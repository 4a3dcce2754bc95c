#include "tests/support/memory_job_queue.h"

#include <algorithm>
#include <cstdio>
#include <stdexcept>

#include "server/store/job_state.h"
#include "server/store/queue_errors.h"
#include "server/store/retry_policy.h"
#include "server/store/score_checks.h"
#include "server/store/text.h"

namespace ventral::testing {
using namespace ventral::store;  // NOLINT: the fake speaks of nothing else

void MemoryJobQueue::AddCheckpoint(const CheckpointRow& checkpoint) {
  const std::lock_guard lock(mutex_);
  models_.insert(checkpoint.model);
  checkpoints_[{checkpoint.model, checkpoint.sha256}] = checkpoint;
}

void MemoryJobQueue::AddPrivateModel(const std::string& id, const std::string& owner) {
  const std::lock_guard lock(mutex_);
  models_.insert(id);
  owners_[id] = owner;
  private_models_.insert(id);
}

void MemoryJobQueue::SetPrivate(const std::string& id, bool is_private) {
  const std::lock_guard lock(mutex_);
  if (!is_private) {
    private_models_.erase(id);
    return;
  }
  private_models_.insert(id);
  for (Job& job : jobs_) {
    if (job.row.model == id && !Sees(job.row.owner, id)) EndBecause(job, WhyWithdrawn(id));
  }
}

// A job of nobody known is its model's owner's to end.
bool MemoryJobQueue::Sees(const std::string& user, const std::string& model) const {
  return user.empty() || !private_models_.contains(model) || owners_.at(model) == user;
}

void MemoryJobQueue::AddPack(const PackRow& pack) {
  const std::lock_guard lock(mutex_);
  packs_[{pack.id, pack.version}] = pack;
  newest_[pack.id] = pack.version;
}

void MemoryJobQueue::DeletePack(const std::string& id) {
  const std::lock_guard lock(mutex_);
  deleted_packs_.insert(id);
  for (Job& job : jobs_) {
    if (job.row.pack == id) EndBecause(job, WhyPackDeleted(id));
  }
}

std::string MemoryJobQueue::NewId() {
  char id[37];
  std::snprintf(id, sizeof id, "00000000-0000-4000-8000-%012x", static_cast<unsigned>(++ids_));
  return id;
}

MemoryJobQueue::Job* MemoryJobQueue::Find(const std::string& id) {
  const auto found =
      std::find_if(jobs_.begin(), jobs_.end(), [&](const Job& job) { return job.row.id == id; });
  return found == jobs_.end() ? nullptr : &*found;
}

MemoryJobQueue::Job* MemoryJobQueue::FindLeased(const std::string& id, const std::string& token) {
  Job* job = Find(id);
  return job != nullptr && !token.empty() && job->token == token ? job : nullptr;
}

Result<JobRow> MemoryJobQueue::Create(const NewJob& wanted) {
  VENTRAL_RETURN_IF_ERROR(CheckTexts({{"model", wanted.model},
                                      {"checkpoint", wanted.checkpoint_sha256},
                                      {"pack", wanted.pack},
                                      {"request_id", wanted.request_id},
                                      {"owner", wanted.owner}}));
  const std::lock_guard lock(mutex_);
  for (const Job& job : jobs_) {
    if (wanted.request_id.empty() || job.request_id != wanted.request_id) continue;
    const bool same = job.row.model == wanted.model &&
                      job.row.checkpoint_sha256 == wanted.checkpoint_sha256 &&
                      job.row.pack == wanted.pack && job.row.owner == wanted.owner;
    if (!same) return OtherRequest(wanted.request_id);
    return job.row;
  }
  const bool hidden = private_models_.contains(wanted.model) && !wanted.sees_all &&
                      owners_.at(wanted.model) != wanted.owner;
  if (hidden || !models_.contains(wanted.model)) return NoSuchModel(wanted.model);
  if (!checkpoints_.contains({wanted.model, wanted.checkpoint_sha256})) {
    return NoSuchCheckpoint(wanted.model, wanted.checkpoint_sha256);
  }
  const auto newest = newest_.find(wanted.pack);
  if (newest == newest_.end() || deleted_packs_.contains(wanted.pack)) {
    return NoSuchPack(wanted.pack);
  }
  Job job;
  job.request_id = wanted.request_id;
  job.row.owner = wanted.owner;
  job.row.id = NewId();
  job.row.model = wanted.model;
  job.row.checkpoint_sha256 = wanted.checkpoint_sha256;
  job.row.pack = wanted.pack;
  job.row.pack_version = newest->second;
  job.row.max_attempts = policy_.max_attempts;
  job.row.created = job.row.not_before = clock_.Now();
  job.row.revision = 1;
  job.needed_memory = KnownNeed(wanted);
  jobs_.push_back(job);
  return job.row;
}

Result<JobRow> MemoryJobQueue::Cancel(const std::string& id) {
  const std::lock_guard lock(mutex_);
  Job* job = Find(id);
  if (job == nullptr) return NoSuchJob(id);
  if (HasEnded(job->row.state)) return NotInState(job->row, "cancelled", "a queued or running job");
  if (!job->row.cancel_requested) End(*job);
  return job->row;
}

void MemoryJobQueue::EndBecause(Job& job, const std::string& why) {
  if (HasEnded(job.row.state)) return;
  End(job);
  job.row.failure = FailureRow{FailureCause::kInfrastructure, why};
}

void MemoryJobQueue::End(Job& job) {
  if (job.row.state == JobState::kQueued) {
    Move(job, JobState::kCancelled);
    job.row.ended = clock_.Now();
  } else {
    job.row.cancel_requested = true;
  }
  ++job.row.revision;
}

Result<JobRow> MemoryJobQueue::Retry(const std::string& id, const std::string& by, bool by_admin) {
  const std::lock_guard lock(mutex_);
  Job* job = Find(id);
  if (job == nullptr || deleted_packs_.contains(job->row.pack)) return NoSuchJob(id);
  if (!Sees(job->row.owner.empty() ? by : job->row.owner, job->row.model)) {
    return MakerSeesNoModel(id, job->row.model);
  }
  if (job->row.quarantined && !by_admin) return Quarantined(id);
  if (job->row.state != JobState::kFailed && job->row.state != JobState::kCancelled) {
    return NotInState(job->row, "retried", "a failed or cancelled job");
  }
  const Status fits = CheckFits(job->needed_memory, job->row.kind);
  if (!fits.ok() && !by_admin) return fits.error();
  if (!fits.ok()) job->needed_memory = 0;
  if (std::exchange(job->row.quarantined, false)) job->crashes = job->lost_leases = 0;
  job->memory_factor = 1;
  if (job->row.owner.empty()) job->row.owner = by;
  Move(*job, JobState::kQueued);
  job->row.attempts = 0;
  job->row.max_attempts = policy_.max_attempts;
  job->row.not_before = clock_.Now();
  job->row.ended.reset();
  ++job->row.revision;
  return job->row;
}

Result<JobRow> MemoryJobQueue::SetPriority(const std::string& id, int priority) {
  if (priority < -100 || priority > 100) return PriorityOutOfRange();
  const std::lock_guard lock(mutex_);
  Job* job = Find(id);
  if (job == nullptr) return NoSuchJob(id);
  if (HasEnded(job->row.state))
    return NotInState(job->row, "given a priority", "a queued or running job");
  job->row.priority = priority;
  ++job->row.revision;
  return job->row;
}

MemoryJobQueue::Job* MemoryJobQueue::NextFor(const std::vector<JobKind>& kinds,
                                             std::int64_t memory_bytes) {
  const TimePoint now = clock_.Now();
  std::map<std::string, int> running;
  for (const Job& job : jobs_) running[job.row.owner] += job.row.state == JobState::kRunning;
  const auto before = [&](const Job& one, const Job& other) {
    return std::pair(-one.row.priority, running[one.row.owner]) <
           std::pair(-other.row.priority, running[other.row.owner]);
  };
  Job* next = nullptr;
  for (Job& job : jobs_) {
    const JobRow& row = job.row;
    if (row.state != JobState::kQueued || row.not_before > now) continue;
    if (!kinds.empty() && std::count(kinds.begin(), kinds.end(), row.kind) == 0) continue;
    if (memory_bytes > 0 && job.needed_memory > memory_bytes) continue;
    if (next == nullptr || before(job, *next)) next = &job;
  }
  return next;
}

void MemoryJobQueue::Move(Job& job, JobState to) {
  if (!MayBecome(job.row.state, to)) throw std::logic_error("no job moves so");
  job.row.state = to;
}

Result<std::optional<LeaseRow>> MemoryJobQueue::Lease(const std::string& worker,
                                                      const std::string& device,
                                                      const std::vector<JobKind>& kinds,
                                                      std::int64_t memory_bytes) {
  const std::lock_guard lock(mutex_);
  const TimePoint now = clock_.Now();
  Job* const next = NextFor(kinds, memory_bytes);
  if (next == nullptr) return std::optional<LeaseRow>();
  Job& job = *next;
  JobRow& row = job.row;
  Move(job, JobState::kRunning);
  row.started = now;
  ++row.attempts;
  ++row.revision;
  job.token = NewId();
  job.lease_expires = now + policy_.lease;
  AttemptRow attempt;
  attempt.number = static_cast<int>(job.attempts.size()) + 1;
  attempt.worker = CleanText(worker, kMaxName, Keep::kStart);
  attempt.device = CleanText(device, kMaxName, Keep::kStart);
  attempt.started = now;
  row.attempt = attempt.number;
  job.attempts.push_back(attempt);
  const PackRow& pack = packs_.at({row.pack, row.pack_version});
  const CheckpointRow& checkpoint = checkpoints_.at({row.model, row.checkpoint_sha256});
  LeaseRow lease{row.id,         job.token,        row.model,   row.checkpoint_sha256,
                 row.pack,       row.pack_version, pack.digest, checkpoint.bytes,
                 attempt.number, job.lease_expires};
  lease.memory_factor = job.memory_factor;
  lease.needed_memory_bytes = job.needed_memory;
  return std::optional<LeaseRow>(lease);
}

Result<JobQueue::Beat> MemoryJobQueue::Heartbeat(const std::string& id, const std::string& token,
                                                 const ProgressRow& progress,
                                                 const std::optional<EstimateRow>& estimate) {
  const std::lock_guard lock(mutex_);
  Job* job = FindLeased(id, token);
  if (job == nullptr) return LostLease(id);
  job->lease_expires = clock_.Now() + policy_.lease;
  if (!progress.phase.empty()) {
    const ProgressRow clean{CleanText(progress.phase, kMaxName, Keep::kStart),
                            CleanText(progress.message, kMaxMessage, Keep::kStart), progress.done,
                            progress.total};
    const auto& old = job->row.progress;
    const bool same = old && old->phase == clean.phase && old->message == clean.message &&
                      old->done == clean.done && old->total == clean.total;
    if (!same) ++job->row.revision;
    job->row.progress = clean;
  }
  if (estimate) {
    if (job->row.estimate != estimate) ++job->row.revision;
    job->row.estimate = estimate;
  }
  return Beat{job->lease_expires, job->row.cancel_requested, job->row.attempt};
}

Result<std::vector<std::string>> MemoryJobQueue::Complete(const std::string& id,
                                                          const std::string& token,
                                                          std::span<const NewScore> scores,
                                                          const std::string& log_tail,
                                                          const std::optional<GramsRow>& grams) {
  if (!IsUuid(id) || !IsUuid(token)) return LostLease(id);
  VENTRAL_RETURN_IF_ERROR(CheckScores(scores));
  const std::lock_guard lock(mutex_);
  Job* done = Find(id);
  if (done != nullptr) {
    const PackRow& pack = packs_.at({done->row.pack, done->row.pack_version});
    for (const NewScore& score : scores) {
      const bool known = std::any_of(
          pack.benchmarks.begin(), pack.benchmarks.end(),
          [&](const BenchmarkRow& benchmark) { return benchmark.id == score.benchmark; });
      if (!known) return ForeignBenchmark(score.benchmark, pack.id, done->row.pack_version);
    }
    if (done->completed_token == token) return done->row.scores;
  }
  Job* job = FindLeased(id, token);
  if (job == nullptr) return LostLease(id);
  for (std::size_t i = 0; i < scores.size(); ++i) job->row.scores.push_back(NewId());
  Move(*job, JobState::kSucceeded);
  job->row.ended = clock_.Now();
  job->row.progress.reset();
  job->row.cancel_requested = false;
  job->row.grams = grams;
  ++job->row.revision;
  job->completed_token = std::exchange(job->token, "");
  job->attempts.back().ended = clock_.Now();
  job->attempts.back().log_tail = CleanText(log_tail, kMaxLog, Keep::kEnd);
  return job->row.scores;
}

void MemoryJobQueue::EndAttempt(Job& job, const AttemptFailure& failure) {
  JobRow& row = job.row;
  const TimePoint now = clock_.Now();
  const std::int64_t needed = failure.failure.needed_memory_bytes;
  const History history{row.attempts,
                        row.max_attempts,
                        row.cancel_requested,
                        job.crashes,
                        job.lost_leases,
                        job.memory_factor,
                        needed > 0 ? MostMemory(row.kind) : 0};
  const Verdict verdict = Judge(policy_, history, failure, 0);
  std::string message = failure.failure.message;
  if (verdict.fits_nowhere) {
    message += ". It is not tried again: " + NeedsMore(needed, history.most_memory);
  }
  const FailureRow kept{failure.failure.cause, CleanText(message, kMaxMessage, Keep::kStart),
                        needed};
  Move(job, verdict.state);
  const bool failed = verdict.outcome == AttemptOutcome::kFailed;
  if (failed && failure.failure.cause == FailureCause::kCrash) ++job.crashes;
  if (failed && failure.lost) ++job.lost_leases;
  if (failed && needed > 0) job.needed_memory = needed;
  job.memory_factor = verdict.memory_factor;
  row.quarantined = verdict.quarantined;
  if (verdict.state == JobState::kQueued) row.not_before = now + verdict.backoff;
  if (verdict.state != JobState::kQueued) row.ended = now;
  if (verdict.outcome == AttemptOutcome::kReleased) --row.attempts;
  if (verdict.outcome == AttemptOutcome::kFailed) {
    row.failure = kept;
    if (kept.cause == FailureCause::kOutOfMemory)
      row.failure->needed_memory_bytes = job.needed_memory;
  }
  row.cancel_requested = false;
  row.progress.reset();
  ++row.revision;
  job.token.clear();
  job.attempts.back().ended = now;
  job.attempts.back().failure = kept;
  job.attempts.back().log_tail = CleanText(failure.log_tail, kMaxLog, Keep::kEnd);
}

Result<JobRow> MemoryJobQueue::Fail(const std::string& id, const std::string& token,
                                    const AttemptFailure& failure) {
  const std::lock_guard lock(mutex_);
  Job* job = FindLeased(id, token);
  if (job == nullptr) return LostLease(id);
  EndAttempt(*job, failure);
  return job->row;
}

Result<int> MemoryJobQueue::Reap(const OnReaped& told) {
  const std::lock_guard lock(mutex_);
  int reaped = 0;
  for (Job& job : jobs_) {
    if (job.row.state != JobState::kRunning || job.lease_expires > clock_.Now()) continue;
    const std::string worker = job.attempts.back().worker;
    EndAttempt(job, LeaseRanOut(worker));
    if (told) told({job.row.id, worker, job.row.attempt, job.row.state});
    ++reaped;
  }
  return reaped;
}

}  // namespace ventral::testing
