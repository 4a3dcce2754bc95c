-- The version before would show deleted packs to everyone, and take jobs on them.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pack_policies WHERE deleted IS NOT NULL) THEN
    RAISE EXCEPTION 'there are deleted packs, which the version before would show to everyone: undelete them first';
  END IF;
END
$$;
DROP TRIGGER pack_policies_change_leaderboard ON pack_policies;
DROP FUNCTION take_deletion_to_leaderboard();
CREATE OR REPLACE FUNCTION refresh_leaderboard_means(models text[]) RETURNS void LANGUAGE sql AS $$
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
DROP INDEX pack_policies_deleted;
ALTER TABLE pack_policies DROP COLUMN deleted;
