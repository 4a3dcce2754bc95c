// MemoryJobQueue's workers, and whether a job fits any of them.
#include <algorithm>

#include "server/store/queue_errors.h"
#include "server/store/worker_registry.h"
#include "tests/support/memory_job_queue.h"

namespace ventral::testing {
using namespace ventral::store;  // NOLINT: the fake speaks of nothing else

void MemoryJobQueue::Heard(const WorkerRow& worker) {
  const std::lock_guard lock(mutex_);
  workers_[worker.name] = worker;
  workers_[worker.name].last_seen = clock_.Now();
}

std::int64_t MemoryJobQueue::MostMemory(JobKind kind) const {
  std::int64_t most = 0;
  for (const auto& [name, worker] : workers_) {
    if (worker.last_seen < clock_.Now() - kCountsWithin) continue;
    if (kind == JobKind::kScore && worker.sandbox.empty()) continue;
    if (worker.memory_bytes == 0) return 0;
    most = std::max(most, worker.memory_bytes);
  }
  return most;
}

std::int64_t MemoryJobQueue::KnownNeed(const NewJob& wanted) const {
  const auto newest = newest_.find(wanted.pack);
  const Job* last = nullptr;
  for (const Job& job : jobs_) {
    const JobRow& row = job.row;
    const bool same = row.model == wanted.model &&
                      row.checkpoint_sha256 == wanted.checkpoint_sha256 &&
                      row.pack == wanted.pack && newest != newest_.end() &&
                      row.pack_version == newest->second && row.kind == JobKind::kScore;
    const bool tells = row.state == JobState::kSucceeded ||
                       (row.state == JobState::kFailed && job.needed_memory > 0);
    if (same && tells && (last == nullptr || *last->row.ended < *row.ended)) last = &job;
  }
  return last == nullptr ? 0 : last->needed_memory;
}

Status MemoryJobQueue::CheckFits(std::int64_t needed, JobKind kind) const {
  const std::int64_t most = MostMemory(kind);
  if (most == 0 || needed <= most) return Ok{};
  return FitsNowhere(needed, most);
}

Status MemoryJobQueue::CheckFits(const NewJob& wanted) {
  const std::lock_guard lock(mutex_);
  for (const Job& job : jobs_) {
    if (!wanted.request_id.empty() && job.request_id == wanted.request_id) return Ok{};
  }
  return CheckFits(KnownNeed(wanted), JobKind::kScore);
}

}  // namespace ventral::testing
