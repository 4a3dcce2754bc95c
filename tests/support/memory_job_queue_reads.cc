// What is read of MemoryJobQueue: a job, a page of them, the attempts at one.
#include <algorithm>
#include <utility>

#include "server/store/page_token.h"
#include "server/store/queue_errors.h"
#include "server/store/text.h"
#include "tests/support/memory_job_queue.h"

namespace ventral::testing {
using namespace ventral::store;  // NOLINT: the fake speaks of nothing else

Result<JobRow> MemoryJobQueue::Get(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const Job* job = Find(id);
  if (job == nullptr) return NoSuchJob(id);
  return job->row;
}

Result<Page<JobRow>> MemoryJobQueue::List(const JobFilter& filter) {
  VENTRAL_ASSIGN_OR_RETURN(const int size, PageSize(filter.page_size));
  VENTRAL_ASSIGN_OR_RETURN(const std::string last_job, ReadPageUuid("jobs", filter.page_token));
  VENTRAL_RETURN_IF_ERROR(CheckTexts({{"model", filter.model}}));
  const std::lock_guard lock(mutex_);
  std::size_t end = jobs_.size();  // of what is older than the last page
  if (!last_job.empty()) {
    const Job* last = Find(last_job);
    if (last == nullptr) return BadPageToken("jobs");
    end = static_cast<std::size_t>(last - jobs_.data());
  }
  std::vector<JobRow> rows;
  std::vector<std::string> ids;
  for (std::size_t i = end; i-- > 0 && rows.size() <= static_cast<std::size_t>(size);) {
    const JobRow& row = jobs_[i].row;
    const bool wanted_state = filter.states.empty() ||
                              std::count(filter.states.begin(), filter.states.end(), row.state) > 0;
    if (!wanted_state || (!filter.model.empty() && row.model != filter.model)) continue;
    const bool seen = filter.viewer.sees_all || !private_models_.contains(row.model) ||
                      owners_.at(row.model) == filter.viewer.user;
    if (!seen || deleted_packs_.contains(row.pack)) continue;
    rows.push_back(row);
    ids.push_back(row.id);
  }
  return CutPage(std::move(rows), size, "jobs", [&](std::size_t last) { return ids[last]; });
}

Result<std::vector<AttemptRow>> MemoryJobQueue::Attempts(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const Job* job = Find(id);
  if (job == nullptr) return NoSuchJob(id);
  return job->attempts;
}

}  // namespace ventral::testing
