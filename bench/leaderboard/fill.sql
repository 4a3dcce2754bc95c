-- Models with one checkpoint each, thirteen packs with fifty benchmarks, and a score of every model on every benchmark. :models is how many.
-- The packs are twelve of four benchmarks and the published simulated-cortex with its two. What the programs have made stays.
SET session_replication_role = replica;  -- no triggers and no foreign keys: refresh_leaderboard does it at once, as the migration does
SELECT setseed(0.5);

INSERT INTO models (model_id, display_name, architecture, training_data, objective, learning_rule, licence, reference, created)
SELECT 'net-' || i, 'Net ' || i, 'convolutional', 'ImageNet-1k', 'classification', 'SGD', '', '', now() FROM generate_series(1, :models) i;
INSERT INTO checkpoints (model_id, sha256, file_name, bytes, created)
SELECT model_id, md5(model_id) || md5(model_id || 'x'), 'net.pt2', 1000000, now() FROM models WHERE model_id LIKE 'net-%';

INSERT INTO packs (pack_id, version, digest, title, citation, licence, stimuli, bytes, created)
SELECT 'pack-' || i, '1.0.0', md5(i::text) || md5(i::text), 'A pack', '', '', 640, 1000, now() FROM generate_series(1, 12) i;
INSERT INTO benchmarks (pack_id, pack_version, benchmark_id, ordinal, metric, species, region, modality, subjects)
SELECT pack_id, version, pack_id || '.' || name, ordinal, 'rsa', 'human', 'IT', 'fmri', 4
FROM packs CROSS JOIN unnest(ARRAY['early.rsa', 'early.ridge', 'late.rsa', 'late.ridge']) WITH ORDINALITY AS b (name, ordinal)
WHERE pack_id LIKE 'pack-%';

CREATE TEMP TABLE made_jobs AS
SELECT gen_random_uuid() AS job_id, c.model_id, c.sha256, p.pack_id, p.version, random() AS at
FROM checkpoints c CROSS JOIN packs p WHERE c.model_id LIKE 'net-%';
INSERT INTO jobs (job_id, model_id, checkpoint_sha256, pack_id, pack_version, state, attempts, max_attempts, attempt_number, not_before,
                  completed_token, created, started, ended)
SELECT job_id, model_id, sha256, pack_id, version, 'succeeded', 1, 3, 1, now(), gen_random_uuid(), now(), now(), now() FROM made_jobs ORDER BY at;

-- A model's gift, the benchmark's own noise, and a ceiling for all but each twelfth benchmark. In the order in which the jobs ended.
CREATE TEMP TABLE gifts AS SELECT model_id, 0.2 + 0.5 * random() AS gift FROM models;
CREATE TEMP TABLE asked AS
SELECT pack_id, benchmark_id, ordinal, metric, CASE WHEN row_number() OVER (ORDER BY benchmark_id) % 12 <> 0 THEN 0.5 + 0.45 * random() END AS ceiling
FROM benchmarks;
INSERT INTO scores (job_id, ordinal, model_id, checkpoint_sha256, pack_id, pack_version, benchmark_id, metric, raw, ceiling, normalised,
                    interval_lower, interval_upper, rule, layer_choice, layer_path, layer_step, seed, scorer_version, result, summary, provenance,
                    created)
SELECT job_id, ordinal, model_id, sha256, pack_id, version, benchmark_id, metric, raw, ceiling, raw / ceiling, raw - 0.04, raw + 0.04,
       'r/ceiling_upper', 'cross_validated', 'features.' || (1 + floor(20 * random()))::int, 0, 2008, '4', text, text,
       json_build_object('scorerVersion', '4', 'pack', pack_id, 'packVersion', version, 'checkpointSha256', sha256, 'device', 'cpu',
                         'packDigest', md5(pack_id) || md5(pack_id), 'featureDigest', md5(model_id) || md5(model_id)), now()
FROM (
  SELECT j.*, b.benchmark_id, b.ordinal, b.metric, b.ceiling, gift * coalesce(b.ceiling, 0.8) + 0.1 * (random() - 0.5) AS raw,
         json_build_object('benchmark', b.benchmark_id, 'metric', b.metric, 'stimuli', 640, 'subjects', 4, 'split', 'kfold(k=5, shuffled)',
                           'interval', json_build_object('level', 0.95, 'method', 'bootstrap_stimuli_percentile', 'resamples', 1000),
                           'notes', ARRAY['the layer is chosen on the training stimuli of each fold: features.11 in 20 of 20']) AS text
  FROM made_jobs j JOIN asked b USING (pack_id) JOIN gifts USING (model_id)
) made ORDER BY at, ordinal;
SET session_replication_role = origin;
