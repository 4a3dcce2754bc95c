// The queue's statements, the submitter's half; the worker's is in lease_queries.h. Every time is a
// parameter: the server's Clock rules, not the database's.
#ifndef VENTRAL_SERVER_STORE_JOB_QUERIES_H_
#define VENTRAL_SERVER_STORE_JOB_QUERIES_H_

#include "server/store/visible.h"

namespace ventral::store::job_queries {

// What JobOf (job_rows.h) reads; `j` is the job.
#define VENTRAL_JOB_COLUMNS                                                                     \
  " j.job_id, j.model_id, j.checkpoint_sha256, j.pack_id, j.pack_version, j.state, "            \
  " j.attempts, j.attempt_number, j.max_attempts, j.progress_phase, j.progress_message, "       \
  " j.progress_done, j.progress_total, j.failure_cause, j.failure_message, "                    \
  " j.cancel_requested, j.created, "                                                            \
  " j.not_before, j.started, j.ended, j.revision, j.kind, j.priority, j.quarantined, j.owner, " \
  " j.needed_memory_bytes, j.estimate_activation_bytes, j.estimate_gram_bytes, "                \
  " j.estimate_memory_bytes, j.estimate_passes, j.estimate_seconds, "                           \
  " (SELECT g.sha256 FROM job_grams g WHERE g.job_id = j.job_id) AS grams_sha256, "             \
  " (SELECT g.bytes FROM job_grams g WHERE g.job_id = j.job_id) AS grams_bytes, "               \
  " (SELECT string_agg(s.score_id::text, ',' ORDER BY s.ordinal) FROM scores s "                \
  "  WHERE s.job_id = j.job_id) AS scores "

// What is known of the memory that checkpoint $2 of model $1 needs on this version of pack $3, by
// the last of its jobs that can tell: (bytes), 0 where that one did without; nothing where none
// can.
#define VENTRAL_KNOWN_NEED(version)                                                           \
  "(SELECT needed_memory_bytes FROM jobs WHERE model_id = $1 AND checkpoint_sha256 = $2 AND " \
  "pack_id = $3 AND pack_version = " version                                                  \
  " AND kind = 'score' AND (state = 'succeeded' OR "                                          \
  "state = 'failed' AND needed_memory_bytes > 0) ORDER BY ended DESC LIMIT 1)"

// Model and pack are neither withdrawn nor deleted until the transaction's end. Whoever locks both
// locks the model first, then the pack, then jobs. $1 model, $2 checkpoint, $3 pack, $4 viewer
inline constexpr char kWhatIsThere[] = R"(
  SELECT EXISTS (SELECT FROM models m WHERE model_id = $1 AND )" VENTRAL_VISIBLE(
    "$4") R"( FOR SHARE) AS model,
         EXISTS (SELECT FROM checkpoints WHERE model_id = $1 AND sha256 = $2) AS checkpoint,
         (SELECT deleted FROM pack_policies WHERE pack_id = $3 FOR SHARE) AS pack_deleted,
         (SELECT version FROM packs WHERE pack_id = $3 ORDER BY sequence DESC LIMIT 1) AS pack_version)";

// $1 model, $2 checkpoint, $3 pack, $4 version, $5 request id or NULL, $6 max attempts, $7 now, $8
// owner or NULL
inline constexpr char kInsert[] = R"(
  INSERT INTO jobs AS j (model_id, checkpoint_sha256, pack_id, pack_version, request_id, max_attempts, not_before, created,
                         owner, needed_memory_bytes)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, coalesce()" VENTRAL_KNOWN_NEED("$4") R"(, 0))
  ON CONFLICT (request_id) DO NOTHING
  RETURNING )" VENTRAL_JOB_COLUMNS;

inline constexpr char kByRequest[] =
    "SELECT " VENTRAL_JOB_COLUMNS " FROM jobs j WHERE request_id = $1";
inline constexpr char kGet[] = "SELECT " VENTRAL_JOB_COLUMNS " FROM jobs j WHERE job_id = $1";
inline constexpr char kNumber[] = "SELECT sequence FROM jobs WHERE job_id = $1";

// $1 states, $2 model or '', $3 only numbers below, $4 limit, $5 viewer
inline constexpr char kList[] =
    "SELECT " VENTRAL_JOB_COLUMNS R"( FROM jobs j JOIN models m USING (model_id)
  WHERE (cardinality($1::text[]) = 0 OR state = ANY ($1::text[])) AND ($2 = '' OR model_id = $2) AND sequence < $3
        AND )" VENTRAL_VISIBLE("$5") " AND " VENTRAL_PACK_SEEN("j") R"(
  ORDER BY sequence DESC LIMIT $4)";

inline constexpr char kAttempts[] = R"(
  SELECT number, worker, device, log_tail, started, ended, failure_cause, failure_message, needed_memory_bytes
  FROM job_attempts WHERE job_id = $1 ORDER BY number)";

// $1 job, $2 now. Nothing when the job has ended.
inline constexpr char kCancel[] = R"(
  UPDATE jobs AS j
  SET state = CASE state WHEN 'queued' THEN 'cancelled' ELSE state END,
      ended = CASE state WHEN 'queued' THEN $2::timestamptz END,
      cancel_requested = (state = 'running'),
      revision = revision + CASE WHEN cancel_requested THEN 0 ELSE 1 END
  WHERE job_id = $1 AND state IN ('queued', 'running')
  RETURNING )" VENTRAL_JOB_COLUMNS;

#define VENTRAL_IS_ADMIN(user) \
  " EXISTS (SELECT FROM users u WHERE u.user_id = " user " AND u.role = 'admin') "

// Ends what waits or runs of the jobs `j` that `which` says; what runs is told at its next
// heartbeat. In the order of their numbers, so that two who do so at once never block each other
// for good. $2 now, $3 why
#define VENTRAL_CANCEL(which)                                                       \
  "WITH open AS MATERIALIZED ("                                                     \
  "  SELECT j.job_id FROM jobs j WHERE j.state IN ('queued', 'running') AND " which \
  "  ORDER BY j.sequence FOR UPDATE) "                                              \
  "UPDATE jobs AS j "                                                               \
  "SET state = CASE state WHEN 'queued' THEN 'cancelled' ELSE state END, "          \
  "    ended = CASE state WHEN 'queued' THEN $2::timestamptz END, "                 \
  "    cancel_requested = (state = 'running'), failure_cause = 'infrastructure', "  \
  "    failure_message = $3, revision = revision + 1 "                              \
  "FROM open WHERE j.job_id = open.job_id"

// $1 model
inline constexpr char kCancelOfModel[] = VENTRAL_CANCEL("j.model_id = $1");
// Of those who do not own the model, and see it no more. $4 the model's owner
inline constexpr char kCancelOfOthers[] =
    VENTRAL_CANCEL("j.model_id = $1 AND j.owner <> $4 AND NOT " VENTRAL_IS_ADMIN("j.owner"));
// $1 pack
inline constexpr char kCancelOnPack[] = VENTRAL_CANCEL("j.pack_id = $1");

// Of a job that is retried: whether its model is there, and whether whose job it will be sees it.
// Neither changes until the transaction's end. $1 job, $2 its owner where it has none, or NULL
inline constexpr char kHoldModel[] = R"(
  SELECT j.model_id, m.deleted IS NULL AS there,
         NOT m.private OR coalesce(j.owner, $2::text) IS NULL OR m.owner = coalesce(j.owner, $2::text)
           OR )" VENTRAL_IS_ADMIN("coalesce(j.owner, $2::text)") R"( AS seen
  FROM jobs j JOIN models m USING (model_id) WHERE j.job_id = $1 FOR SHARE OF m)";
// The same of its pack. $1 job
inline constexpr char kHoldPack[] = R"(
  SELECT y.deleted FROM jobs j JOIN pack_policies y USING (pack_id) WHERE j.job_id = $1 FOR SHARE OF y)";

// $1 job. Nothing when it may not be retried.
inline constexpr char kLockOver[] = R"(
  SELECT state = 'failed' AND failure_cause = 'infrastructure' AS our_fault, pack_id, kind = 'score' AS counts,
         coalesce(owner, '') AS owner
  FROM jobs WHERE job_id = $1 AND state IN ('failed', 'cancelled') FOR UPDATE)";

// Who makes or retries rescores waits for the others until the transaction's end: of a checkpoint
// on a pack, one waits or runs at a time.
inline constexpr char kLockRescores[] = "SELECT pg_advisory_xact_lock(hashtext('ventral rescore'))";

// $1 job: whether it is a rescore.
inline constexpr char kIsRescore[] = "SELECT FROM jobs WHERE job_id = $1 AND kind = 'rescore'";

// $1 job: the rescore of the same checkpoint on the same pack that waits or runs.
inline constexpr char kOtherRescore[] = R"(
  SELECT other.job_id FROM jobs j JOIN jobs other USING (model_id, checkpoint_sha256, pack_id, pack_version)
  WHERE j.job_id = $1 AND other.job_id <> j.job_id AND other.kind = 'rescore' AND other.state IN ('queued', 'running')
  LIMIT 1)";

// $1 job, $2 now, $3 max attempts, $4 whether an admin asks, $5 owner where it has none, or NULL,
// $6 whether what it is known to need is to be forgotten. Nothing when the job is in another state,
// or it is quarantined and nobody may free it. What it did before is forgiven by an admin only.
inline constexpr char kRetry[] = R"(
  UPDATE jobs AS j
  SET state = 'queued', attempts = 0, max_attempts = $3, not_before = $2, ended = NULL, memory_factor = 1,
      crashes = CASE WHEN quarantined THEN 0 ELSE crashes END,
      lost_leases = CASE WHEN quarantined THEN 0 ELSE lost_leases END,
      needed_memory_bytes = CASE WHEN $6 THEN 0 ELSE needed_memory_bytes END,
      quarantined = false, owner = coalesce(owner, $5), revision = revision + 1
  WHERE job_id = $1 AND state IN ('failed', 'cancelled') AND ($4 OR NOT quarantined)
  RETURNING )" VENTRAL_JOB_COLUMNS;

// $1 job, $2 priority. Nothing when the job has ended.
inline constexpr char kSetPriority[] = R"(
  UPDATE jobs AS j SET priority = $2, revision = revision + 1
  WHERE job_id = $1 AND state IN ('queued', 'running')
  RETURNING )" VENTRAL_JOB_COLUMNS;

}  // namespace ventral::store::job_queries

#endif  // VENTRAL_SERVER_STORE_JOB_QUERIES_H_
