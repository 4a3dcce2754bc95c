CREATE OR REPLACE FUNCTION refresh_leaderboard(models text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO leaderboard_rows (model_id)
    SELECT model_id FROM unnest(models) AS wanted (model_id) ORDER BY model_id COLLATE "C" ON CONFLICT DO NOTHING;
  PERFORM FROM leaderboard_rows WHERE model_id = ANY (models) ORDER BY model_id FOR UPDATE;
  WITH standing AS (
    SELECT DISTINCT ON (c.model_id) c.model_id, c.sha256 FROM checkpoints c
    WHERE c.model_id = ANY (models)
          AND EXISTS (SELECT FROM scores s WHERE (s.model_id, s.checkpoint_sha256) = (c.model_id, c.sha256))
    ORDER BY c.model_id, c.sequence DESC
  ), newest AS MATERIALIZED (
    SELECT DISTINCT ON (s.model_id, s.benchmark_id) s.model_id, s.benchmark_id, s.score_id,
      greatest(-1e300, least(1e300, coalesce(s.normalised, s.raw))) AS value, s.raw, s.ceiling, s.normalised,
      s.interval_lower, s.interval_upper, s.layer_path, s.layer_step, s.layer_choice
    FROM standing JOIN scores s ON (s.model_id, s.checkpoint_sha256) = (standing.model_id, standing.sha256)
    ORDER BY s.model_id, s.benchmark_id, s.sequence DESC
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
DROP INDEX scores_standing;
