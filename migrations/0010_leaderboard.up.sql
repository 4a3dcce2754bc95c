-- What the leaderboard shows, kept beside the scores so that a page of it need not read them all.
-- Both tables follow from scores, checkpoints, packs and benchmarks; the triggers below keep them so in the transaction that changes these.

-- One row a model that has a score.
CREATE TABLE leaderboard_rows (
  model_id text COLLATE "C" PRIMARY KEY REFERENCES models,
  -- Over its cells on the benchmarks of the newest version of each pack; NULL where it has none there.
  mean     double precision
);
-- In the board's order. Of the negative, so that a place in it is one comparison of a pair.
CREATE INDEX leaderboard_rows_in_order ON leaderboard_rows ((-mean), model_id) WHERE mean IS NOT NULL;

-- The score that stands for a model on a benchmark: the newest one of the model's newest checkpoint that has any score. Benchmarks of old
-- versions are among them.
CREATE TABLE leaderboard_cells (
  model_id       text COLLATE "C" NOT NULL,
  benchmark_id   text COLLATE "C" NOT NULL,
  score_id       uuid NOT NULL,
  -- What is ranked: normalised, else raw, and never so large that a sum of them is not finite.
  value          double precision NOT NULL,
  -- As the score has them.
  raw            double precision NOT NULL,
  ceiling        double precision,
  normalised     double precision,
  interval_lower double precision,
  interval_upper double precision,
  layer_path     text NOT NULL,
  layer_step     bigint NOT NULL,
  layer_choice   text NOT NULL,
  PRIMARY KEY (model_id, benchmark_id)
);
CREATE INDEX leaderboard_cells_in_order ON leaderboard_cells (benchmark_id, (-value), model_id);

-- In the order of benchmark_id, so that the same cells always have the same mean, to the last bit. Each model's cells are one place of the
-- primary key, read whole: a join with the benchmarks would look up one cell at a time.
CREATE FUNCTION refresh_leaderboard_means(models text[]) RETURNS void LANGUAGE sql AS $$
  WITH columns AS MATERIALIZED (
    SELECT b.benchmark_id FROM benchmarks b
    JOIN (SELECT DISTINCT ON (pack_id) pack_id, version FROM packs ORDER BY pack_id, sequence DESC) newest
      ON (b.pack_id, b.pack_version) = (newest.pack_id, newest.version)
  ), means AS (
    SELECT wanted.model_id, over_columns.mean
    FROM unnest(models) AS wanted (model_id) CROSS JOIN LATERAL (
      SELECT sum(value ORDER BY benchmark_id) FILTER (WHERE counts) / count(*) FILTER (WHERE counts) AS mean FROM (
        SELECT c.benchmark_id, c.value, c.benchmark_id IN (SELECT benchmark_id FROM columns) AS counts
        FROM leaderboard_cells c WHERE c.model_id = wanted.model_id) cells
    ) over_columns
  )
  UPDATE leaderboard_rows r SET mean = means.mean FROM means
  WHERE r.model_id = means.model_id AND r.mean IS DISTINCT FROM means.mean
$$;

-- The cells and means of these models, from their scores. One transaction at a time for each model: it waits for the row first, and each
-- statement after that sees what others committed before (READ COMMITTED), whatever the order in which scores got their numbers.
CREATE FUNCTION refresh_leaderboard(models text[]) RETURNS void LANGUAGE plpgsql AS $$
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

CREATE FUNCTION take_scores_to_leaderboard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  models text[] := (SELECT array_agg(DISTINCT model_id ORDER BY model_id) FROM new_scores);
BEGIN
  IF models IS NOT NULL THEN PERFORM refresh_leaderboard(models); END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER scores_stand_on_leaderboard AFTER INSERT ON scores REFERENCING NEW TABLE AS new_scores
  FOR EACH STATEMENT EXECUTE FUNCTION take_scores_to_leaderboard();

-- A new version changes means where a benchmark came or went. The lock waits for transactions that have scores on their way, and lets new
-- ones wait: each of them counts the benchmarks of before or of after, and is counted again here if it was before. Readers go on.
CREATE FUNCTION take_pack_to_leaderboard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  models text[];
BEGIN
  LOCK TABLE leaderboard_rows IN SHARE ROW EXCLUSIVE MODE;
  models := (
    SELECT array_agg(DISTINCT c.model_id ORDER BY c.model_id) FROM leaderboard_cells c WHERE c.benchmark_id IN (
      SELECT b.benchmark_id FROM benchmarks b WHERE b.pack_id = NEW.pack_id GROUP BY b.benchmark_id
      HAVING count(*) < (SELECT count(*) FROM packs p WHERE p.pack_id = NEW.pack_id)));
  IF models IS NOT NULL THEN PERFORM refresh_leaderboard_means(models); END IF;
  RETURN NULL;
END
$$;
-- Deferred: its benchmarks are inserted after it.
CREATE CONSTRAINT TRIGGER packs_change_leaderboard AFTER INSERT ON packs DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION take_pack_to_leaderboard();

-- The scores that are there.
SELECT refresh_leaderboard(array_agg(DISTINCT model_id)) FROM scores HAVING count(*) > 0;
ANALYZE leaderboard_rows, leaderboard_cells;
