// The queue's statements, the worker's half.
#ifndef VENTRAL_SERVER_STORE_LEASE_QUERIES_H_
#define VENTRAL_SERVER_STORE_LEASE_QUERIES_H_

#include "server/store/job_queries.h"

namespace ventral::store::job_queries {

// What kLease chooses from, with the index jobs_waiting or jobs_rescores_waiting.
#define VENTRAL_WAITING                                                               \
  " FROM jobs WHERE state = 'queued' AND (cardinality($5::text[]) = 0 OR kind = ANY " \
  "($5::text[])) AND needed_memory_bytes <= $6 "

// $1 worker, $2 device, $3 now, $4 end of the lease, $5 kinds, all when empty, $6 bytes of memory
// that a run may take there.
//
// `waiting` walks the index from one priority and user to the next, whatever the number of jobs;
// `turn` puts these in their order; `next` takes the oldest job of the first that has one that no
// other worker is taking. MATERIALIZED, so that the row is chosen and locked once; SKIP LOCKED, so
// that workers who ask at once get different jobs and none waits. LIMIT stops at the first row, so
// that no other is locked.
inline constexpr char kLease[] = R"(
  WITH RECURSIVE waiting AS (
    (SELECT -priority AS rank, coalesce(owner, '') AS whose)" VENTRAL_WAITING R"(
     ORDER BY -priority, coalesce(owner, '') LIMIT 1)
    UNION ALL
    SELECT later.rank, later.whose FROM waiting w CROSS JOIN LATERAL (
      SELECT -priority AS rank, coalesce(owner, '') AS whose)" VENTRAL_WAITING R"(
        AND (-priority, coalesce(owner, '')) > (w.rank, w.whose)
      ORDER BY -priority, coalesce(owner, '') LIMIT 1) later
  ), running AS (
    SELECT coalesce(owner, '') AS whose, count(*) AS jobs FROM jobs WHERE state = 'running' GROUP BY 1
  ), next AS MATERIALIZED (
    SELECT taken.job_id FROM (
      SELECT w.rank, w.whose FROM waiting w LEFT JOIN running USING (whose) CROSS JOIN LATERAL (
        SELECT sequence)" VENTRAL_WAITING R"(
          AND -priority = w.rank AND coalesce(owner, '') = w.whose AND not_before <= $3
        ORDER BY sequence LIMIT 1) oldest
      ORDER BY w.rank, coalesce(running.jobs, 0), oldest.sequence
    ) turn CROSS JOIN LATERAL (
      SELECT job_id)" VENTRAL_WAITING R"(
        AND -priority = turn.rank AND coalesce(owner, '') = turn.whose AND not_before <= $3
      ORDER BY sequence LIMIT 1 FOR UPDATE SKIP LOCKED) taken
    LIMIT 1
  ), leased AS (
    UPDATE jobs AS j
    SET state = 'running', lease_token = gen_random_uuid(), lease_expires = $4, started = $3,
        attempts = attempts + 1, attempt_number = attempt_number + 1, revision = revision + 1
    FROM next WHERE j.job_id = next.job_id
    RETURNING j.*
  ), attempt AS (
    INSERT INTO job_attempts (job_id, number, worker, device, started)
    SELECT job_id, attempt_number, $1, $2, $3 FROM leased
  )
  SELECT l.memory_factor, l.needed_memory_bytes, l.job_id, l.lease_token, l.model_id, l.checkpoint_sha256, l.pack_id, l.pack_version, l.attempt_number,
         l.lease_expires, c.bytes, p.digest, l.kind, g.sha256 AS grams_sha256, g.bytes AS grams_bytes
  FROM leased l
  JOIN checkpoints c ON (c.model_id, c.sha256) = (l.model_id, l.checkpoint_sha256)
  JOIN packs p ON (p.pack_id, p.version) = (l.pack_id, l.pack_version)
  LEFT JOIN job_grams g ON g.job_id = l.job_id)";

// $1 job, $2 token, $3 end of the lease, $4 phase or NULL, $5 message, $6 done, $7 total, $8 … $12
// the estimate, or NULLs
inline constexpr char kHeartbeat[] = R"(
  UPDATE jobs
  SET lease_expires = $3,
      progress_phase = coalesce($4, progress_phase),
      progress_message = CASE WHEN $4 IS NULL THEN progress_message ELSE $5 END,
      progress_done = CASE WHEN $4 IS NULL THEN progress_done ELSE $6 END,
      progress_total = CASE WHEN $4 IS NULL THEN progress_total ELSE $7 END,
      estimate_activation_bytes = coalesce($8::bigint, estimate_activation_bytes),
      estimate_gram_bytes = coalesce($9::bigint, estimate_gram_bytes),
      estimate_memory_bytes = coalesce($10::bigint, estimate_memory_bytes),
      estimate_passes = coalesce($11::integer, estimate_passes),
      estimate_seconds = coalesce($12::double precision, estimate_seconds),
      revision = revision + CASE
        WHEN $4 IS NULL OR (progress_phase, progress_message, progress_done, progress_total)
                           IS NOT DISTINCT FROM ($4, $5, $6::bigint, $7::bigint) THEN 0 ELSE 1 END
      + CASE
        WHEN $8 IS NULL OR (estimate_activation_bytes, estimate_gram_bytes, estimate_memory_bytes, estimate_passes,
                            estimate_seconds) IS NOT DISTINCT FROM ($8, $9, $10, $11, $12) THEN 0 ELSE 1 END
  WHERE job_id = $1 AND lease_token = $2
  RETURNING lease_expires, cancel_requested, attempt_number)";

// $1 job, $2 token
inline constexpr char kLockLeased[] = R"(
  SELECT j.attempts, j.max_attempts, j.cancel_requested, j.crashes, j.lost_leases, j.memory_factor,
         j.kind
  FROM jobs j WHERE job_id = $1 AND lease_token = $2 FOR UPDATE)";

// $1 now, $2 limit
inline constexpr char kLockExpired[] = R"(
  SELECT j.job_id, j.lease_token, j.attempts, j.max_attempts, j.cancel_requested, j.crashes, j.lost_leases,
         j.memory_factor, a.worker
  FROM jobs j JOIN job_attempts a ON (a.job_id, a.number) = (j.job_id, j.attempt_number)
  WHERE j.state = 'running' AND j.lease_expires <= $1
  ORDER BY j.lease_expires LIMIT $2 FOR UPDATE OF j SKIP LOCKED)";

// Ends an attempt without scores. $1 job, $2 token, $3 new state, $4 attempts given back (0 or 1),
// $5 not before or NULL, $6 now, $7 outcome of the attempt, $8 cause, $9 message, $10 log, $11
// whether the worker was lost, $12 factor of the next attempt's memory, $13 quarantined, $14 bytes
// that are needed or 0
inline constexpr char kEndAttempt[] = R"(
  WITH ended AS (
    UPDATE jobs AS j
    SET state = $3, attempts = attempts - $4::integer, not_before = coalesce($5, not_before),
        ended = CASE WHEN $3 = 'queued' THEN NULL ELSE $6::timestamptz END,
        failure_cause = CASE WHEN $7 = 'failed' THEN $8 ELSE failure_cause END,
        failure_message = CASE WHEN $7 = 'failed' THEN $9 ELSE failure_message END,
        crashes = crashes + CASE WHEN $7 = 'failed' AND $8 = 'crash' THEN 1 ELSE 0 END,
        lost_leases = lost_leases + CASE WHEN $7 = 'failed' AND $11 THEN 1 ELSE 0 END,
        memory_factor = $12, quarantined = $13,
        needed_memory_bytes = CASE WHEN $7 = 'failed' AND $14::bigint > 0 THEN $14 ELSE needed_memory_bytes END,
        lease_token = NULL, lease_expires = NULL, cancel_requested = false,
        progress_phase = NULL, progress_message = NULL, progress_done = NULL, progress_total = NULL,
        revision = revision + 1
    WHERE job_id = $1 AND lease_token = $2
    RETURNING j.*
  ), attempt AS (
    UPDATE job_attempts a
    SET ended = $6, outcome = $7, failure_cause = $8, failure_message = $9, log_tail = $10, needed_memory_bytes = $14
    FROM ended WHERE a.job_id = ended.job_id AND a.number = ended.attempt_number
  )
  SELECT )" VENTRAL_JOB_COLUMNS " FROM ended j";

// Those of $2 that the job's pack does not hold. $1 job
inline constexpr char kForeignBenchmarks[] = R"(
  SELECT named.benchmark_id, j.pack_id, j.pack_version
  FROM jobs j CROSS JOIN unnest($2::text[]) AS named (benchmark_id)
  WHERE j.job_id = $1 AND NOT EXISTS (
    SELECT FROM benchmarks b
    WHERE (b.pack_id, b.pack_version, b.benchmark_id) = (j.pack_id, j.pack_version, named.benchmark_id))
  LIMIT 1)";

// Scores and end of the job in one statement: without the token no row of `ended`, and so no score.
// $1 job, $2 token, $3 now, $4 log, then one array a column; $20 digest of the Grams or NULL, $21
// their bytes.
inline constexpr char kComplete[] = R"(
  WITH ended AS (
    UPDATE jobs AS j
    SET state = 'succeeded', ended = $3, completed_token = lease_token, lease_token = NULL, lease_expires = NULL,
        cancel_requested = false, progress_phase = NULL, progress_message = NULL, progress_done = NULL,
        progress_total = NULL, revision = revision + 1
    WHERE job_id = $1 AND lease_token = $2
    RETURNING j.*
  ), attempt AS (
    UPDATE job_attempts a SET ended = $3, outcome = 'succeeded', log_tail = $4
    FROM ended WHERE a.job_id = ended.job_id AND a.number = ended.attempt_number
  ), kept AS (
    INSERT INTO job_grams (job_id, sha256, bytes, created)
    SELECT job_id, $20::text, $21::bigint, $3 FROM ended WHERE kind = 'score' AND $20::text IS NOT NULL
  ), stored AS (
    INSERT INTO scores (
      job_id, ordinal, model_id, checkpoint_sha256, pack_id, pack_version, created,
      benchmark_id, metric, rule, layer_choice, layer_path, layer_step, seed, scorer_version,
      raw, ceiling, normalised, interval_lower, interval_upper, result, summary, provenance)
    SELECT ended.job_id, new.ordinal, ended.model_id, ended.checkpoint_sha256, ended.pack_id, ended.pack_version, $3,
      new.benchmark_id, new.metric, new.rule, new.layer_choice, new.layer_path, new.layer_step, new.seed,
      new.scorer_version, new.raw, new.ceiling, new.normalised, new.interval_lower, new.interval_upper,
      new.result::json,
      coalesce((SELECT json_object_agg(key, value) FROM json_each(new.result::json) WHERE key NOT IN ('layers', 'resamples')), '{}'),
      new.provenance::json
    FROM ended CROSS JOIN unnest(
      $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::bigint[], $11::numeric[], $12::text[],
      $13::double precision[], $14::double precision[], $15::double precision[], $16::double precision[],
      $17::double precision[], $18::text[], $19::text[]) WITH ORDINALITY AS new (
      benchmark_id, metric, rule, layer_choice, layer_path, layer_step, seed, scorer_version,
      raw, ceiling, normalised, interval_lower, interval_upper, result, provenance, ordinal)
    ORDER BY new.ordinal
    RETURNING score_id, ordinal
  )
  SELECT score_id FROM stored ORDER BY ordinal)";

// $1 job, $2 token: the scores of a job that this very token ended.
inline constexpr char kScoresOfCompleted[] = R"(
  SELECT s.score_id FROM jobs j JOIN scores s USING (job_id)
  WHERE j.job_id = $1 AND j.completed_token = $2 ORDER BY s.ordinal)";

}  // namespace ventral::store::job_queries

#undef VENTRAL_WAITING

#endif  // VENTRAL_SERVER_STORE_LEASE_QUERIES_H_
