#include "server/store/pool_memory.h"

#include "server/store/fields.h"
#include "server/store/job_queries.h"
#include "server/store/job_state.h"
#include "server/store/queue_errors.h"
#include "server/store/session.h"
#include "server/store/worker_registry.h"

namespace ventral::store {
namespace {

// `kind` is an expression, `since` a parameter. Who has no sandbox runs no network.
#define VENTRAL_MOST_MEMORY(kind, since)                                                    \
  "(SELECT CASE WHEN bool_or(memory_bytes = 0) THEN 0 ELSE coalesce(max(memory_bytes), 0) " \
  "END FROM workers WHERE last_seen >= " since " AND (" kind " = 'rescore' OR sandbox <> '{}'))"

// $1 kind, $2 seen since
constexpr char kMostMemory[] = "SELECT " VENTRAL_MOST_MEMORY("$1", "$2") " AS most";

// $1 model, $2 checkpoint, $3 pack, $4 request id or NULL, $5 seen since
constexpr char kNewJobNeeds[] = R"(
  SELECT need.bytes AS needed, )" VENTRAL_MOST_MEMORY("'score'", "$5") R"( AS most
  FROM (SELECT version FROM packs WHERE pack_id = $3 ORDER BY sequence DESC LIMIT 1) newest
  CROSS JOIN LATERAL )" VENTRAL_KNOWN_NEED("newest.version") R"( AS need (bytes)
  WHERE need.bytes > 0 AND NOT EXISTS (SELECT FROM jobs WHERE request_id = $4))";

// $1 job, $2 seen since
constexpr char kJobNeeds[] = R"(
  SELECT needed_memory_bytes AS needed, )" VENTRAL_MOST_MEMORY("kind", "$2") R"( AS most
  FROM jobs WHERE job_id = $1)";

#undef VENTRAL_MOST_MEMORY

std::string Since(TimePoint now) { return TimestampText(now - kCountsWithin); }

Status Check(const pqxx::result& rows) {
  if (rows.empty()) return Ok{};
  const std::int64_t needed = IntegerOf(rows[0], "needed"), most = IntegerOf(rows[0], "most");
  if (most == 0 || needed <= most) return Ok{};
  return FitsNowhere(needed, most);
}

}  // namespace

std::int64_t MostMemory(pqxx::work& transaction, JobKind kind, TimePoint now) {
  return IntegerOf(
      transaction.exec_params1(kMostMemory, std::string(JobKindName(kind)), Since(now)), "most");
}

Status CheckFitsSomewhere(pqxx::work& transaction, const NewJob& job, TimePoint now) {
  return Check(ExecPrepared(transaction, "new job needs", kNewJobNeeds, job.model,
                            job.checkpoint_sha256, job.pack, NullIfEmpty(job.request_id),
                            Since(now)));
}

Status CheckFitsSomewhere(pqxx::work& transaction, const std::string& job, TimePoint now) {
  return Check(transaction.exec_params(kJobNeeds, job, Since(now)));
}

}  // namespace ventral::store
