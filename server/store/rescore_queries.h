// Rescoring's statements.
#ifndef VENTRAL_SERVER_STORE_RESCORE_QUERIES_H_
#define VENTRAL_SERVER_STORE_RESCORE_QUERIES_H_

#include "server/store/job_queries.h"

namespace ventral::store::rescore_queries {

// $1 model or '', $2 checkpoint or '', $3 pack or ''
inline constexpr char kCandidates[] = R"(
  SELECT c.model_id, c.checkpoint_sha256, c.pack_id, p.version AS pack_version,
         coalesce(scored.scorer_version, '') AS scorer_version, kept.sha256, kept.bytes
  FROM (
    SELECT DISTINCT model_id, checkpoint_sha256, pack_id FROM scores
    WHERE ($1 = '' OR model_id = $1) AND ($2 = '' OR checkpoint_sha256 = $2) AND ($3 = '' OR pack_id = $3)
  ) c
  CROSS JOIN LATERAL (
    SELECT version FROM packs WHERE pack_id = c.pack_id ORDER BY sequence DESC LIMIT 1
  ) p
  LEFT JOIN LATERAL (
    SELECT s.scorer_version FROM scores s
    WHERE (s.model_id, s.checkpoint_sha256, s.pack_id, s.pack_version)
          = (c.model_id, c.checkpoint_sha256, c.pack_id, p.version)
    ORDER BY s.sequence DESC LIMIT 1
  ) scored ON true
  LEFT JOIN LATERAL (
    SELECT g.sha256, g.bytes FROM jobs j JOIN job_grams g USING (job_id)
    WHERE (j.model_id, j.checkpoint_sha256, j.pack_id, j.pack_version)
          = (c.model_id, c.checkpoint_sha256, c.pack_id, p.version)
    ORDER BY j.sequence DESC LIMIT 1
  ) kept ON true
  ORDER BY c.model_id, c.checkpoint_sha256, c.pack_id)";

// One at a time, until the transaction's end: two requests at once make one job.
inline constexpr char kLock[] = "SELECT pg_advisory_xact_lock(hashtext('ventral rescore'))";

// $1 model, $2 checkpoint, $3 pack, $4 version
inline constexpr char kUnderWay[] = "SELECT " VENTRAL_JOB_COLUMNS R"( FROM jobs j
  WHERE (model_id, checkpoint_sha256, pack_id, pack_version) = ($1, $2, $3, $4)
        AND kind = 'rescore' AND state IN ('queued', 'running')
  ORDER BY sequence DESC LIMIT 1)";

// $1 … $4 as in kUnderWay, $5 max attempts, $6 now, $7 digest, $8 bytes, $9 owner or NULL
inline constexpr char kInsert[] = R"(
  WITH made AS (
    INSERT INTO jobs (kind, model_id, checkpoint_sha256, pack_id, pack_version, max_attempts, not_before, created, owner)
    VALUES ('rescore', $1, $2, $3, $4, $5, $6::timestamptz, $6::timestamptz, $9)
    RETURNING job_id
  )
  INSERT INTO job_grams (job_id, sha256, bytes, created)
  SELECT job_id, $7::text, $8::bigint, $6::timestamptz FROM made
  RETURNING job_id)";

}  // namespace ventral::store::rescore_queries

#endif  // VENTRAL_SERVER_STORE_RESCORE_QUERIES_H_
