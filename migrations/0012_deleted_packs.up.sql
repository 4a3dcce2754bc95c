-- A pack that was deleted: nobody sees it, in none of its versions, and its files go after a while. Scores stay, as they are append-only.
ALTER TABLE pack_policies ADD COLUMN deleted timestamptz;
CREATE INDEX pack_policies_deleted ON pack_policies (pack_id) WHERE deleted IS NOT NULL;
-- From here on each pack has a row: there those wait for each other who queue jobs on it, and who deletes it.
INSERT INTO pack_policies (pack_id) SELECT DISTINCT pack_id FROM packs ON CONFLICT (pack_id) DO NOTHING;

-- As in 0010, but that a deleted pack's benchmarks do not count.
CREATE OR REPLACE FUNCTION refresh_leaderboard_means(models text[]) RETURNS void LANGUAGE sql AS $$
  WITH columns AS MATERIALIZED (
    SELECT b.benchmark_id FROM benchmarks b
    JOIN (SELECT DISTINCT ON (pack_id) pack_id, version FROM packs ORDER BY pack_id, sequence DESC) newest
      ON (b.pack_id, b.pack_version) = (newest.pack_id, newest.version)
    WHERE NOT EXISTS (SELECT FROM pack_policies gone WHERE gone.pack_id = b.pack_id AND gone.deleted IS NOT NULL)
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

-- Means change with what counts. The lock is that of take_pack_to_leaderboard, for the same reason.
CREATE FUNCTION take_deletion_to_leaderboard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  models text[];
BEGIN
  LOCK TABLE leaderboard_rows IN SHARE ROW EXCLUSIVE MODE;
  models := (
    SELECT array_agg(DISTINCT c.model_id ORDER BY c.model_id) FROM leaderboard_cells c
    WHERE c.benchmark_id IN (SELECT b.benchmark_id FROM benchmarks b WHERE b.pack_id = NEW.pack_id));
  IF models IS NOT NULL THEN PERFORM refresh_leaderboard_means(models); END IF;
  RETURN NULL;
END
$$;
-- Deferred: whoever completes a job holds the job's row when it comes to the leaderboard, and so whoever deletes a pack locks its jobs first.
CREATE CONSTRAINT TRIGGER pack_policies_change_leaderboard AFTER UPDATE OF deleted ON pack_policies DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.deleted IS DISTINCT FROM NEW.deleted) EXECUTE FUNCTION take_deletion_to_leaderboard();
