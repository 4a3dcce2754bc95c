// Whether any worker has the memory that a run is known to need.
#ifndef VENTRAL_SERVER_STORE_POOL_MEMORY_H_
#define VENTRAL_SERVER_STORE_POOL_MEMORY_H_

#include <pqxx/pqxx>
#include <string>

#include "scoring/base/clock.h"
#include "scoring/base/result.h"
#include "server/store/job_queue.h"

namespace ventral::store {

// The most bytes that a run of this kind may take on any worker heard of within kCountsWithin
// (worker_registry.h); 0 where one of them does not say, which may have any, and where there is
// none.
std::int64_t MostMemory(pqxx::work& transaction, JobKind kind, TimePoint now);

// @error conflict if a job of this checkpoint on this version of the pack is known to need more
// than
//   that (says both), unless `job`'s request was answered before.
Status CheckFitsSomewhere(pqxx::work& transaction, const NewJob& job, TimePoint now);

// The same of a job that is there.
Status CheckFitsSomewhere(pqxx::work& transaction, const std::string& job, TimePoint now);

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_POOL_MEMORY_H_
