// Rescoring's statements.
#ifndef VENTRAL_SERVER_STORE_RESCORE_QUERIES_H_
#define VENTRAL_SERVER_STORE_RESCORE_QUERIES_H_

#include "server/store/job_queries.h"

namespace ventral::store::rescore_queries {

// $1 model or '', $2 checkpoint or '', $3 pack or '', $4 viewer, $5 metrics that need features, $6
// the scorer version that needs no rescoring, or '', $7 limit; `found`: how many there are without
// it
inline constexpr char kCandidates[] = R"(
  SELECT * FROM (
  SELECT c.model_id, c.checkpoint_sha256, c.pack_id, p.version AS pack_version,
         coalesce(scored.scorer_version, '') AS scorer_version, kept.sha256, kept.bytes,
         coalesce(needs.benchmark_id, '') AS needs_features, count(*) OVER () AS found
  FROM (
    SELECT DISTINCT model_id, checkpoint_sha256, pack_id FROM scores s JOIN models m USING (model_id)
    WHERE ($1 = '' OR model_id = $1) AND ($2 = '' OR checkpoint_sha256 = $2) AND ($3 = '' OR pack_id = $3)
          AND )" VENTRAL_VISIBLE("$4") " AND " VENTRAL_PACK_SEEN("s") R"(
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
  LEFT JOIN LATERAL (
    SELECT b.benchmark_id FROM benchmarks b
    WHERE (b.pack_id, b.pack_version) = (c.pack_id, p.version) AND b.metric = ANY ($5::text[])
    ORDER BY b.ordinal LIMIT 1
  ) needs ON true
  ORDER BY kept.sha256 IS NULL OR needs.benchmark_id IS NOT NULL
             OR coalesce(scored.scorer_version = nullif($6, ''), false),
           c.model_id, c.checkpoint_sha256, c.pack_id
  LIMIT $7) listed
  ORDER BY model_id, checkpoint_sha256, pack_id)";

// Neither withdrawn nor deleted until the transaction's end; those that the viewer does not see. $1
// models, $2 viewer
inline constexpr char kHoldModels[] = R"(
  WITH held AS MATERIALIZED (
    SELECT m.model_id, )" VENTRAL_VISIBLE(
    "$2") R"( AS seen FROM models m WHERE m.model_id = ANY ($1::text[])
    ORDER BY m.model_id FOR SHARE
  )
  SELECT asked.model_id FROM unnest($1::text[]) AS asked (model_id) LEFT JOIN held USING (model_id)
  WHERE held.seen IS NOT TRUE LIMIT 1)";
// Nor these. $1 packs
inline constexpr char kHoldPacks[] = R"(
  SELECT pack_id, deleted IS NOT NULL AS gone FROM pack_policies WHERE pack_id = ANY ($1::text[])
  ORDER BY pack_id FOR SHARE)";

// Of each wanted checkpoint on a pack, its rescore: the one that waits or runs, else a new one.
// $1 … $4 models, checkpoints, packs and their versions, $5 digests and $6 bytes of the Grams, $7
// max attempts, $8 now, $9 user or NULL. Requires kLockRescores. In the order of what is wanted.
inline constexpr char kCreate[] = R"(
  WITH wanted AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[])
      WITH ORDINALITY AS w (model_id, checkpoint_sha256, pack_id, pack_version, sha256, bytes, place)
  ), before AS (
    SELECT w.place, j.job_id FROM wanted w CROSS JOIN LATERAL (
      SELECT job_id FROM jobs j
      WHERE (j.model_id, j.checkpoint_sha256, j.pack_id, j.pack_version)
            = (w.model_id, w.checkpoint_sha256, w.pack_id, w.pack_version)
            AND j.kind = 'rescore' AND j.state IN ('queued', 'running')
      ORDER BY j.sequence DESC LIMIT 1) j
  ), made AS (
    INSERT INTO jobs (kind, model_id, checkpoint_sha256, pack_id, pack_version, max_attempts, not_before, created,
                      owner)
    SELECT 'rescore', model_id, checkpoint_sha256, pack_id, pack_version, $7, $8::timestamptz, $8::timestamptz, $9::text
    FROM wanted WHERE place NOT IN (SELECT place FROM before) ORDER BY place
    RETURNING job_id, model_id, checkpoint_sha256, pack_id, pack_version
  ), placed AS (
    SELECT w.place, m.job_id, w.sha256, w.bytes
    FROM made m JOIN wanted w USING (model_id, checkpoint_sha256, pack_id, pack_version)
  ), kept AS (
    INSERT INTO job_grams (job_id, sha256, bytes, created)
    SELECT job_id, sha256, bytes, $8::timestamptz FROM placed
  )
  SELECT job_id, place FROM before UNION ALL SELECT job_id, place FROM placed ORDER BY place)";

// $1 ids
inline constexpr char kInOrder[] = "SELECT " VENTRAL_JOB_COLUMNS R"( FROM jobs j
  JOIN unnest($1::uuid[]) WITH ORDINALITY AS asked (id, place) ON asked.id = j.job_id
  ORDER BY asked.place)";

}  // namespace ventral::store::rescore_queries

#endif  // VENTRAL_SERVER_STORE_RESCORE_QUERIES_H_
