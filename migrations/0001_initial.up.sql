-- Models, checkpoints, packs, benchmarks, jobs, attempts, scores.
-- Names that people type sort bytewise, so that pages do not depend on a locale.

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TABLE models (
  model_id      text COLLATE "C" PRIMARY KEY,
  display_name  text NOT NULL,
  -- The four elements that the field manipulates.
  architecture  text NOT NULL,
  training_data text NOT NULL,
  objective     text NOT NULL,
  learning_rule text NOT NULL,
  licence       text NOT NULL,
  reference     text NOT NULL,
  metadata      jsonb NOT NULL DEFAULT '{}',
  request_id    text,
  created       timestamptz NOT NULL,
  CONSTRAINT models_id_is_plain CHECK (model_id ~ '^[a-z0-9][a-z0-9._-]{0,99}$'),
  CONSTRAINT models_metadata_is_an_object CHECK (jsonb_typeof(metadata) = 'object'),
  CONSTRAINT models_request_once UNIQUE (request_id)
);

CREATE TABLE checkpoints (
  model_id  text COLLATE "C" NOT NULL REFERENCES models,
  sha256    text COLLATE "C" NOT NULL,
  file_name text NOT NULL,
  bytes     bigint NOT NULL,
  sequence  bigint GENERATED ALWAYS AS IDENTITY,
  created   timestamptz NOT NULL,
  PRIMARY KEY (model_id, sha256),
  CONSTRAINT checkpoints_sequence_once UNIQUE (sequence),
  CONSTRAINT checkpoints_sha256_is_hex CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  CONSTRAINT checkpoints_bytes_not_negative CHECK (bytes >= 0)
);

CREATE TABLE packs (
  pack_id  text COLLATE "C" NOT NULL,
  version  text NOT NULL,
  digest   text NOT NULL,
  title    text NOT NULL,
  citation text NOT NULL,
  licence  text NOT NULL,
  stimuli  bigint NOT NULL,
  bytes    bigint NOT NULL,
  -- The greatest is the pack's newest version.
  sequence bigint GENERATED ALWAYS AS IDENTITY,
  created  timestamptz NOT NULL,
  PRIMARY KEY (pack_id, version),
  CONSTRAINT packs_sequence_once UNIQUE (sequence),
  -- No dot: it ends the pack's part of a benchmark's name.
  CONSTRAINT packs_id_is_plain CHECK (pack_id ~ '^[a-z0-9][a-z0-9_-]{0,63}$'),
  CONSTRAINT packs_digest_is_hex CHECK (digest ~ '^[0-9a-f]{64}$'),
  CONSTRAINT packs_sizes_not_negative CHECK (stimuli >= 0 AND bytes >= 0)
);
CREATE INDEX packs_newest ON packs (pack_id, sequence DESC);

CREATE TABLE pack_files (
  pack_id      text COLLATE "C" NOT NULL,
  pack_version text NOT NULL,
  path         text COLLATE "C" NOT NULL,
  sha256       text NOT NULL,
  bytes        bigint NOT NULL,
  PRIMARY KEY (pack_id, pack_version, path),
  FOREIGN KEY (pack_id, pack_version) REFERENCES packs,
  CONSTRAINT pack_files_sha256_is_hex CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  CONSTRAINT pack_files_bytes_not_negative CHECK (bytes >= 0)
);

CREATE TABLE benchmarks (
  pack_id      text COLLATE "C" NOT NULL,
  pack_version text NOT NULL,
  benchmark_id text COLLATE "C" NOT NULL,
  -- Place in the pack's manifest, from 1.
  ordinal      integer NOT NULL,
  metric       text NOT NULL,
  species      text NOT NULL,
  region       text NOT NULL,
  modality     text NOT NULL,
  subjects     bigint NOT NULL,
  PRIMARY KEY (pack_id, pack_version, benchmark_id),
  FOREIGN KEY (pack_id, pack_version) REFERENCES packs,
  CONSTRAINT benchmarks_ordinal_once UNIQUE (pack_id, pack_version, ordinal),
  -- One benchmark never belongs to two packs.
  CONSTRAINT benchmarks_id_begins_with_pack CHECK (starts_with(benchmark_id, pack_id || '.')),
  CONSTRAINT benchmarks_subjects_not_negative CHECK (subjects >= 0)
);

CREATE TABLE jobs (
  job_id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  sequence          bigint GENERATED ALWAYS AS IDENTITY,
  model_id          text COLLATE "C" NOT NULL,
  checkpoint_sha256 text COLLATE "C" NOT NULL,
  pack_id           text COLLATE "C" NOT NULL,
  pack_version      text NOT NULL,
  request_id        text,
  state             text NOT NULL DEFAULT 'queued',
  -- Attempts used up since the job was made or retried; a released attempt is given back.
  attempts          integer NOT NULL DEFAULT 0,
  max_attempts      integer NOT NULL,
  -- Number of the newest row in job_attempts: never falls.
  attempt_number    integer NOT NULL DEFAULT 0,
  not_before        timestamptz NOT NULL,
  lease_token       uuid,
  lease_expires     timestamptz,
  -- The token that ended the job well: a worker that lost the answer may ask again.
  completed_token   uuid,
  cancel_requested  boolean NOT NULL DEFAULT false,
  progress_phase    text,
  progress_message  text,
  progress_done     bigint,
  progress_total    bigint,
  -- Of the last failed attempt.
  failure_cause     text,
  failure_message   text,
  created           timestamptz NOT NULL,
  started           timestamptz,
  ended             timestamptz,
  revision          bigint NOT NULL DEFAULT 1,
  FOREIGN KEY (model_id, checkpoint_sha256) REFERENCES checkpoints,
  FOREIGN KEY (pack_id, pack_version) REFERENCES packs,
  CONSTRAINT jobs_sequence_once UNIQUE (sequence),
  CONSTRAINT jobs_request_once UNIQUE (request_id),
  CONSTRAINT jobs_state_known CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
  CONSTRAINT jobs_running_has_lease CHECK ((state = 'running') = (lease_token IS NOT NULL)
                                           AND (state = 'running') = (lease_expires IS NOT NULL)),
  CONSTRAINT jobs_final_has_end CHECK ((state IN ('succeeded', 'failed', 'cancelled')) = (ended IS NOT NULL)),
  CONSTRAINT jobs_succeeded_has_token CHECK ((state = 'succeeded') = (completed_token IS NOT NULL)),
  CONSTRAINT jobs_failed_has_cause CHECK (state <> 'failed' OR failure_cause IS NOT NULL),
  CONSTRAINT jobs_failure_is_whole CHECK ((failure_cause IS NULL) = (failure_message IS NULL)),
  CONSTRAINT jobs_cause_known CHECK (
    failure_cause IN ('invalid_checkpoint', 'out_of_memory', 'timeout', 'crash', 'infrastructure')),
  CONSTRAINT jobs_progress_while_running CHECK (state = 'running' OR progress_phase IS NULL),
  CONSTRAINT jobs_progress_is_whole CHECK (num_nulls(progress_phase, progress_message, progress_done, progress_total)
                                           IN (0, 4)),
  CONSTRAINT jobs_cancel_requested_while_running CHECK (state = 'running' OR NOT cancel_requested),
  CONSTRAINT jobs_running_has_started CHECK (state <> 'running' OR (started IS NOT NULL AND attempts >= 1)),
  CONSTRAINT jobs_attempts_in_range CHECK (attempts BETWEEN 0 AND max_attempts AND attempts <= attempt_number)
);
-- What a worker asks for, what the reaper asks for, and pages of one model's jobs.
CREATE INDEX jobs_waiting ON jobs (sequence) WHERE state = 'queued';
CREATE INDEX jobs_leased ON jobs (lease_expires) WHERE state = 'running';
CREATE INDEX jobs_of_model ON jobs (model_id, sequence DESC);

CREATE TABLE job_attempts (
  job_id          uuid NOT NULL REFERENCES jobs,
  number          integer NOT NULL,
  worker          text NOT NULL,
  device          text NOT NULL,
  started         timestamptz NOT NULL,
  ended           timestamptz,
  outcome         text,
  failure_cause   text,
  failure_message text,
  log_tail        text NOT NULL DEFAULT '',
  PRIMARY KEY (job_id, number),
  CONSTRAINT job_attempts_number_from_one CHECK (number >= 1),
  CONSTRAINT job_attempts_outcome_known CHECK (outcome IN ('succeeded', 'failed', 'released', 'cancelled')),
  CONSTRAINT job_attempts_ended_has_outcome CHECK ((ended IS NULL) = (outcome IS NULL)),
  CONSTRAINT job_attempts_failed_has_cause CHECK (outcome IS DISTINCT FROM 'failed' OR failure_cause IS NOT NULL),
  CONSTRAINT job_attempts_succeeded_has_no_cause CHECK (outcome IS DISTINCT FROM 'succeeded' OR failure_cause IS NULL),
  CONSTRAINT job_attempts_failure_is_whole CHECK ((failure_cause IS NULL) = (failure_message IS NULL)),
  CONSTRAINT job_attempts_cause_known CHECK (
    failure_cause IN ('invalid_checkpoint', 'out_of_memory', 'timeout', 'crash', 'infrastructure'))
);

CREATE TABLE scores (
  score_id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  sequence          bigint GENERATED ALWAYS AS IDENTITY,
  job_id            uuid NOT NULL REFERENCES jobs,
  -- Place in the job's report, from 1.
  ordinal           integer NOT NULL,
  model_id          text COLLATE "C" NOT NULL,
  checkpoint_sha256 text COLLATE "C" NOT NULL,
  pack_id           text COLLATE "C" NOT NULL,
  pack_version      text NOT NULL,
  benchmark_id      text COLLATE "C" NOT NULL,
  metric            text NOT NULL,
  raw               double precision NOT NULL,
  ceiling           double precision,
  normalised        double precision,
  interval_lower    double precision,
  interval_upper    double precision,
  rule              text NOT NULL,
  layer_choice      text NOT NULL,
  layer_path        text NOT NULL,
  layer_step        bigint NOT NULL,
  seed              numeric(20, 0) NOT NULL,
  scorer_version    text NOT NULL,
  -- json, not jsonb: keys keep their order and numbers their digits.
  result            json NOT NULL,
  -- result without its layers, which are most of the bytes.
  summary           json NOT NULL,
  provenance        json NOT NULL,
  created           timestamptz NOT NULL,
  FOREIGN KEY (model_id, checkpoint_sha256) REFERENCES checkpoints,
  FOREIGN KEY (pack_id, pack_version, benchmark_id) REFERENCES benchmarks,
  CONSTRAINT scores_sequence_once UNIQUE (sequence),
  -- A job never has two scores of one benchmark.
  CONSTRAINT scores_once_a_benchmark UNIQUE (job_id, benchmark_id),
  CONSTRAINT scores_ordinal_once UNIQUE (job_id, ordinal),
  CONSTRAINT scores_numbers_are_finite CHECK (
    raw BETWEEN '-1.7976931348623157e308' AND '1.7976931348623157e308'
    AND ceiling BETWEEN '-1.7976931348623157e308' AND '1.7976931348623157e308'
    AND normalised BETWEEN '-1.7976931348623157e308' AND '1.7976931348623157e308'
    AND interval_lower BETWEEN '-1.7976931348623157e308' AND '1.7976931348623157e308'
    AND interval_upper BETWEEN '-1.7976931348623157e308' AND '1.7976931348623157e308'),
  CONSTRAINT scores_interval_is_whole CHECK ((interval_lower IS NULL) = (interval_upper IS NULL)),
  CONSTRAINT scores_interval_in_order CHECK (interval_lower <= interval_upper),
  CONSTRAINT scores_normalised_has_ceiling CHECK (normalised IS NULL OR ceiling IS NOT NULL),
  CONSTRAINT scores_seed_is_64_bits CHECK (seed BETWEEN 0 AND 18446744073709551615)
);
CREATE INDEX scores_of_benchmark ON scores (benchmark_id, model_id, sequence DESC);
CREATE INDEX scores_of_model ON scores (model_id, sequence DESC);

-- What is published stays as it was published.
CREATE TRIGGER scores_append_only BEFORE UPDATE OR DELETE ON scores
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER scores_not_truncated BEFORE TRUNCATE ON scores
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER checkpoints_append_only BEFORE UPDATE OR DELETE ON checkpoints
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER packs_append_only BEFORE UPDATE OR DELETE ON packs
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER pack_files_append_only BEFORE UPDATE OR DELETE ON pack_files
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER benchmarks_append_only BEFORE UPDATE OR DELETE ON benchmarks
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
