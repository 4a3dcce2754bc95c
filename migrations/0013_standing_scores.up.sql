-- A completion no longer reads all scores of its checkpoint: of one that is scored again and again, each cost more than the last, while others
-- of its model waited for the row.

-- The newest score of a checkpoint on a benchmark comes first.
CREATE INDEX scores_standing ON scores (model_id, checkpoint_sha256, benchmark_id, sequence DESC);

-- As before, but from one benchmark to the next by that index: what it reads grows with the benchmarks, not with the scores.
-- LIMIT 1, also of a score by its id: a join, or EXISTS, would be taken for a reason to read the whole table.
CREATE OR REPLACE FUNCTION refresh_leaderboard(models text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO leaderboard_rows (model_id)
    SELECT model_id FROM unnest(models) AS wanted (model_id) ORDER BY model_id COLLATE "C" ON CONFLICT DO NOTHING;
  PERFORM FROM leaderboard_rows WHERE model_id = ANY (models) ORDER BY model_id FOR UPDATE;
  WITH RECURSIVE standing AS (
    SELECT DISTINCT ON (c.model_id) c.model_id, c.sha256 FROM checkpoints c CROSS JOIN LATERAL (
      SELECT FROM scores s WHERE (s.model_id, s.checkpoint_sha256) = (c.model_id, c.sha256) LIMIT 1) scored
    WHERE c.model_id = ANY (models)
    ORDER BY c.model_id, c.sequence DESC
  ), stands AS (
    SELECT first.* FROM standing CROSS JOIN LATERAL (
      SELECT s.model_id, s.checkpoint_sha256, s.benchmark_id, s.score_id FROM scores s
      WHERE (s.model_id, s.checkpoint_sha256) = (standing.model_id, standing.sha256)
      ORDER BY s.benchmark_id, s.sequence DESC LIMIT 1) first
    UNION ALL
    SELECT next.* FROM stands CROSS JOIN LATERAL (
      SELECT s.model_id, s.checkpoint_sha256, s.benchmark_id, s.score_id FROM scores s
      WHERE (s.model_id, s.checkpoint_sha256) = (stands.model_id, stands.checkpoint_sha256) AND s.benchmark_id > stands.benchmark_id
      ORDER BY s.benchmark_id, s.sequence DESC LIMIT 1) next
  ), newest AS MATERIALIZED (
    SELECT stands.model_id, stands.benchmark_id, stands.score_id, score.* FROM stands CROSS JOIN LATERAL (
      SELECT greatest(-1e300, least(1e300, coalesce(s.normalised, s.raw))) AS value, s.raw, s.ceiling, s.normalised,
        s.interval_lower, s.interval_upper, s.layer_path, s.layer_step, s.layer_choice
      FROM scores s WHERE s.score_id = stands.score_id LIMIT 1) score
  ), gone AS (
    DELETE FROM leaderboard_cells c WHERE c.model_id = ANY (models)
      AND NOT EXISTS (SELECT FROM newest n WHERE (n.model_id, n.benchmark_id) = (c.model_id, c.benchmark_id))
  )
  INSERT INTO leaderboard_cells AS c SELECT * FROM newest
  ON CONFLICT (model_id, benchmark_id) DO UPDATE SET
    score_id = excluded.score_id, value = excluded.value, raw = excluded.raw, ceiling = excluded.ceiling, normalised = excluded.normalised,
    interval_lower = excluded.interval_lower, interval_upper = excluded.interval_upper, layer_path = excluded.layer_path,
    layer_step = excluded.layer_step, layer_choice = excluded.layer_choice
  WHERE c.score_id <> excluded.score_id;
  PERFORM refresh_leaderboard_means(models);
END
$$;
