CREATE FUNCTION public.refresh_leaderboard(models text[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.refresh_leaderboard_means(models text[]) RETURNS void
    LANGUAGE sql
    AS $$
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

CREATE FUNCTION public.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'restrict_violation';
END
$$;

CREATE FUNCTION public.refuse_transition() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF (OLD.state, NEW.state) NOT IN (
    ('queued', 'running'), ('queued', 'cancelled'),
    ('running', 'queued'), ('running', 'succeeded'), ('running', 'failed'), ('running', 'cancelled'),
    ('failed', 'queued'), ('cancelled', 'queued'))
  THEN
    RAISE EXCEPTION 'job % cannot go from % to %: "jobs_transition_is_legal"', OLD.job_id, OLD.state, NEW.state
      USING ERRCODE = 'check_violation', CONSTRAINT = 'jobs_transition_is_legal', TABLE = 'jobs';
  END IF;
  RETURN NULL;
END
$$;

CREATE FUNCTION public.take_deletion_to_leaderboard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.take_pack_to_leaderboard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.take_scores_to_leaderboard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  models text[] := (SELECT array_agg(DISTINCT model_id ORDER BY model_id) FROM new_scores);
BEGIN
  IF models IS NOT NULL THEN PERFORM refresh_leaderboard(models); END IF;
  RETURN NULL;
END
$$;

CREATE TABLE public.audit_log (
    sequence bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    user_id text NOT NULL COLLATE pg_catalog."C",
    token_id text NOT NULL COLLATE pg_catalog."C",
    method text NOT NULL,
    resource text NOT NULL,
    outcome text NOT NULL,
    peer text NOT NULL
);

ALTER TABLE public.audit_log ALTER COLUMN sequence ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.audit_log_sequence_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.benchmarks (
    pack_id text NOT NULL COLLATE pg_catalog."C",
    pack_version text NOT NULL,
    benchmark_id text NOT NULL COLLATE pg_catalog."C",
    ordinal integer NOT NULL,
    metric text NOT NULL,
    species text NOT NULL,
    region text NOT NULL,
    modality text NOT NULL,
    subjects bigint NOT NULL,
    CONSTRAINT benchmarks_id_begins_with_pack CHECK (starts_with(benchmark_id, (pack_id || '.'::text))),
    CONSTRAINT benchmarks_subjects_not_negative CHECK ((subjects >= 0))
);

CREATE TABLE public.blob_uploads (
    user_id text NOT NULL COLLATE pg_catalog."C",
    sha256 text NOT NULL COLLATE pg_catalog."C",
    uploaded timestamp with time zone NOT NULL,
    CONSTRAINT blob_uploads_sha256_is_hex CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text))
);

CREATE TABLE public.checkpoints (
    model_id text NOT NULL COLLATE pg_catalog."C",
    sha256 text NOT NULL COLLATE pg_catalog."C",
    file_name text NOT NULL,
    bytes bigint NOT NULL,
    sequence bigint NOT NULL,
    created timestamp with time zone NOT NULL,
    CONSTRAINT checkpoints_bytes_not_negative CHECK ((bytes >= 0)),
    CONSTRAINT checkpoints_sha256_is_hex CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text))
);

ALTER TABLE public.checkpoints ALTER COLUMN sequence ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.checkpoints_sequence_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.job_attempts (
    job_id uuid NOT NULL,
    number integer NOT NULL,
    worker text NOT NULL,
    device text NOT NULL,
    started timestamp with time zone NOT NULL,
    ended timestamp with time zone,
    outcome text,
    failure_cause text,
    failure_message text,
    log_tail text DEFAULT ''::text NOT NULL,
    needed_memory_bytes bigint DEFAULT 0 NOT NULL,
    CONSTRAINT job_attempts_cause_known CHECK ((failure_cause = ANY (ARRAY['invalid_checkpoint'::text, 'violation'::text, 'out_of_memory'::text, 'timeout'::text, 'crash'::text, 'infrastructure'::text]))),
    CONSTRAINT job_attempts_ended_has_outcome CHECK (((ended IS NULL) = (outcome IS NULL))),
    CONSTRAINT job_attempts_failed_has_cause CHECK (((outcome IS DISTINCT FROM 'failed'::text) OR (failure_cause IS NOT NULL))),
    CONSTRAINT job_attempts_failure_is_whole CHECK (((failure_cause IS NULL) = (failure_message IS NULL))),
    CONSTRAINT job_attempts_needed_memory_not_negative CHECK ((needed_memory_bytes >= 0)),
    CONSTRAINT job_attempts_number_from_one CHECK ((number >= 1)),
    CONSTRAINT job_attempts_outcome_known CHECK ((outcome = ANY (ARRAY['succeeded'::text, 'failed'::text, 'released'::text, 'cancelled'::text]))),
    CONSTRAINT job_attempts_succeeded_has_no_cause CHECK (((outcome IS DISTINCT FROM 'succeeded'::text) OR (failure_cause IS NULL)))
);

CREATE TABLE public.job_grams (
    job_id uuid NOT NULL,
    sha256 text NOT NULL COLLATE pg_catalog."C",
    bytes bigint NOT NULL,
    created timestamp with time zone NOT NULL,
    CONSTRAINT job_grams_bytes_positive CHECK ((bytes > 0)),
    CONSTRAINT job_grams_sha256_is_hex CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text))
);

CREATE TABLE public.jobs (
    job_id uuid DEFAULT gen_random_uuid() NOT NULL,
    sequence bigint NOT NULL,
    model_id text NOT NULL COLLATE pg_catalog."C",
    checkpoint_sha256 text NOT NULL COLLATE pg_catalog."C",
    pack_id text NOT NULL COLLATE pg_catalog."C",
    pack_version text NOT NULL,
    request_id text,
    state text DEFAULT 'queued'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    max_attempts integer NOT NULL,
    attempt_number integer DEFAULT 0 NOT NULL,
    not_before timestamp with time zone NOT NULL,
    lease_token uuid,
    lease_expires timestamp with time zone,
    completed_token uuid,
    cancel_requested boolean DEFAULT false NOT NULL,
    progress_phase text,
    progress_message text,
    progress_done bigint,
    progress_total bigint,
    failure_cause text,
    failure_message text,
    created timestamp with time zone NOT NULL,
    started timestamp with time zone,
    ended timestamp with time zone,
    revision bigint DEFAULT 1 NOT NULL,
    kind text DEFAULT 'score'::text NOT NULL,
    owner text COLLATE pg_catalog."C",
    priority integer DEFAULT 0 NOT NULL,
    memory_factor integer DEFAULT 1 NOT NULL,
    crashes integer DEFAULT 0 NOT NULL,
    lost_leases integer DEFAULT 0 NOT NULL,
    quarantined boolean DEFAULT false NOT NULL,
    estimate_activation_bytes bigint,
    estimate_gram_bytes bigint,
    estimate_memory_bytes bigint,
    estimate_passes integer,
    estimate_seconds double precision,
    needed_memory_bytes bigint DEFAULT 0 NOT NULL,
    CONSTRAINT jobs_attempts_in_range CHECK ((((attempts >= 0) AND (attempts <= max_attempts)) AND (attempts <= attempt_number))),
    CONSTRAINT jobs_cancel_requested_while_running CHECK (((state = 'running'::text) OR (NOT cancel_requested))),
    CONSTRAINT jobs_cause_known CHECK ((failure_cause = ANY (ARRAY['invalid_checkpoint'::text, 'violation'::text, 'out_of_memory'::text, 'timeout'::text, 'crash'::text, 'infrastructure'::text]))),
    CONSTRAINT jobs_counts_not_negative CHECK (((crashes >= 0) AND (lost_leases >= 0))),
    CONSTRAINT jobs_estimate_is_whole CHECK ((num_nulls(estimate_activation_bytes, estimate_gram_bytes, estimate_memory_bytes, estimate_passes, estimate_seconds) = ANY (ARRAY[0, 5]))),
    CONSTRAINT jobs_estimate_not_negative CHECK (((LEAST(estimate_activation_bytes, estimate_gram_bytes, estimate_memory_bytes, (estimate_passes)::bigint) >= 0) AND (estimate_seconds >= (0)::double precision) AND (estimate_seconds < 'Infinity'::double precision))),
    CONSTRAINT jobs_failed_has_cause CHECK (((state <> 'failed'::text) OR (failure_cause IS NOT NULL))),
    CONSTRAINT jobs_failure_is_whole CHECK (((failure_cause IS NULL) = (failure_message IS NULL))),
    CONSTRAINT jobs_final_has_end CHECK (((state = ANY (ARRAY['succeeded'::text, 'failed'::text, 'cancelled'::text])) = (ended IS NOT NULL))),
    CONSTRAINT jobs_kind_known CHECK ((kind = ANY (ARRAY['score'::text, 'rescore'::text]))),
    CONSTRAINT jobs_memory_factor_in_range CHECK (((memory_factor >= 1) AND (memory_factor <= 16))),
    CONSTRAINT jobs_needed_memory_not_negative CHECK ((needed_memory_bytes >= 0)),
    CONSTRAINT jobs_priority_in_range CHECK (((priority >= '-100'::integer) AND (priority <= 100))),
    CONSTRAINT jobs_progress_is_whole CHECK ((num_nulls(progress_phase, progress_message, progress_done, progress_total) = ANY (ARRAY[0, 4]))),
    CONSTRAINT jobs_progress_while_running CHECK (((state = 'running'::text) OR (progress_phase IS NULL))),
    CONSTRAINT jobs_quarantined_has_failed CHECK (((state = 'failed'::text) OR (NOT quarantined))),
    CONSTRAINT jobs_running_has_lease CHECK ((((state = 'running'::text) = (lease_token IS NOT NULL)) AND ((state = 'running'::text) = (lease_expires IS NOT NULL)))),
    CONSTRAINT jobs_running_has_started CHECK (((state <> 'running'::text) OR ((started IS NOT NULL) AND (attempts >= 1)))),
    CONSTRAINT jobs_state_known CHECK ((state = ANY (ARRAY['queued'::text, 'running'::text, 'succeeded'::text, 'failed'::text, 'cancelled'::text]))),
    CONSTRAINT jobs_succeeded_has_token CHECK (((state = 'succeeded'::text) = (completed_token IS NOT NULL)))
);

ALTER TABLE public.jobs ALTER COLUMN sequence ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.jobs_sequence_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.leaderboard_cells (
    model_id text NOT NULL COLLATE pg_catalog."C",
    benchmark_id text NOT NULL COLLATE pg_catalog."C",
    score_id uuid NOT NULL,
    value double precision NOT NULL,
    raw double precision NOT NULL,
    ceiling double precision,
    normalised double precision,
    interval_lower double precision,
    interval_upper double precision,
    layer_path text NOT NULL,
    layer_step bigint NOT NULL,
    layer_choice text NOT NULL
);

CREATE TABLE public.leaderboard_rows (
    model_id text NOT NULL COLLATE pg_catalog."C",
    mean double precision
);

CREATE TABLE public.models (
    model_id text NOT NULL COLLATE pg_catalog."C",
    display_name text NOT NULL,
    architecture text NOT NULL,
    training_data text NOT NULL,
    objective text NOT NULL,
    learning_rule text NOT NULL,
    licence text NOT NULL,
    reference text NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    request_id text,
    created timestamp with time zone NOT NULL,
    owner text COLLATE pg_catalog."C",
    private boolean DEFAULT false NOT NULL,
    deleted timestamp with time zone,
    CONSTRAINT models_id_is_plain CHECK ((model_id ~ '^[a-z0-9][a-z0-9._-]{0,99}$'::text)),
    CONSTRAINT models_metadata_is_an_object CHECK ((jsonb_typeof(metadata) = 'object'::text)),
    CONSTRAINT models_private_has_owner CHECK (((owner IS NOT NULL) OR (NOT private)))
);

CREATE TABLE public.pack_files (
    pack_id text NOT NULL COLLATE pg_catalog."C",
    pack_version text NOT NULL,
    path text NOT NULL COLLATE pg_catalog."C",
    sha256 text NOT NULL,
    bytes bigint NOT NULL,
    CONSTRAINT pack_files_bytes_not_negative CHECK ((bytes >= 0)),
    CONSTRAINT pack_files_sha256_is_hex CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text))
);

CREATE TABLE public.pack_policies (
    pack_id text NOT NULL COLLATE pg_catalog."C",
    owner text COLLATE pg_catalog."C",
    private boolean DEFAULT false NOT NULL,
    jobs_per_submitter integer,
    days integer,
    deleted timestamp with time zone,
    CONSTRAINT pack_policies_limit_in_range CHECK (((jobs_per_submitter >= 1) AND ((days >= 1) AND (days <= 3660)))),
    CONSTRAINT pack_policies_limit_is_whole CHECK (((jobs_per_submitter IS NULL) = (days IS NULL)))
);

CREATE TABLE public.packs (
    pack_id text NOT NULL COLLATE pg_catalog."C",
    version text NOT NULL,
    digest text NOT NULL,
    title text NOT NULL,
    citation text NOT NULL,
    licence text NOT NULL,
    stimuli bigint NOT NULL,
    bytes bigint NOT NULL,
    sequence bigint NOT NULL,
    created timestamp with time zone NOT NULL,
    CONSTRAINT packs_digest_is_hex CHECK ((digest ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT packs_id_is_plain CHECK ((pack_id ~ '^[a-z0-9][a-z0-9_-]{0,63}$'::text)),
    CONSTRAINT packs_sizes_not_negative CHECK (((stimuli >= 0) AND (bytes >= 0)))
);

ALTER TABLE public.packs ALTER COLUMN sequence ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.packs_sequence_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.scores (
    score_id uuid DEFAULT gen_random_uuid() NOT NULL,
    sequence bigint NOT NULL,
    job_id uuid NOT NULL,
    ordinal integer NOT NULL,
    model_id text NOT NULL COLLATE pg_catalog."C",
    checkpoint_sha256 text NOT NULL COLLATE pg_catalog."C",
    pack_id text NOT NULL COLLATE pg_catalog."C",
    pack_version text NOT NULL,
    benchmark_id text NOT NULL COLLATE pg_catalog."C",
    metric text NOT NULL,
    raw double precision NOT NULL,
    ceiling double precision,
    normalised double precision,
    interval_lower double precision,
    interval_upper double precision,
    rule text NOT NULL,
    layer_choice text NOT NULL,
    layer_path text NOT NULL,
    layer_step bigint NOT NULL,
    seed numeric(20,0) NOT NULL,
    scorer_version text NOT NULL,
    result json NOT NULL,
    summary json NOT NULL,
    provenance json NOT NULL,
    created timestamp with time zone NOT NULL,
    CONSTRAINT scores_interval_in_order CHECK ((interval_lower <= interval_upper)),
    CONSTRAINT scores_interval_is_whole CHECK (((interval_lower IS NULL) = (interval_upper IS NULL))),
    CONSTRAINT scores_normalised_has_ceiling CHECK (((normalised IS NULL) OR (ceiling IS NOT NULL))),
    CONSTRAINT scores_numbers_are_finite CHECK ((((raw >= '-1.7976931348623157e+308'::double precision) AND (raw <= '1.7976931348623157e+308'::double precision)) AND ((ceiling >= '-1.7976931348623157e+308'::double precision) AND (ceiling <= '1.7976931348623157e+308'::double precision)) AND ((normalised >= '-1.7976931348623157e+308'::double precision) AND (normalised <= '1.7976931348623157e+308'::double precision)) AND ((interval_lower >= '-1.7976931348623157e+308'::double precision) AND (interval_lower <= '1.7976931348623157e+308'::double precision)) AND ((interval_upper >= '-1.7976931348623157e+308'::double precision) AND (interval_upper <= '1.7976931348623157e+308'::double precision)))),
    CONSTRAINT scores_seed_is_64_bits CHECK (((seed >= (0)::numeric) AND (seed <= '18446744073709551615'::numeric)))
);

ALTER TABLE public.scores ALTER COLUMN sequence ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.scores_sequence_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.tokens (
    token_id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id text NOT NULL COLLATE pg_catalog."C",
    digest text NOT NULL COLLATE pg_catalog."C",
    description text NOT NULL,
    sequence bigint NOT NULL,
    created timestamp with time zone NOT NULL,
    expires timestamp with time zone,
    last_use timestamp with time zone,
    revoked timestamp with time zone,
    CONSTRAINT tokens_digest_is_hex CHECK ((digest ~ '^[0-9a-f]{64}$'::text))
);

ALTER TABLE public.tokens ALTER COLUMN sequence ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.tokens_sequence_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.upload_usage (
    user_id text NOT NULL COLLATE pg_catalog."C",
    day date NOT NULL,
    uploads bigint NOT NULL,
    bytes bigint NOT NULL,
    CONSTRAINT upload_usage_not_negative CHECK (((uploads >= 0) AND (bytes >= 0)))
);

CREATE TABLE public.user_quotas (
    user_id text NOT NULL COLLATE pg_catalog."C",
    jobs bigint,
    daily_uploads bigint,
    daily_upload_bytes bigint,
    CONSTRAINT user_quotas_not_negative CHECK (((jobs >= 0) AND (daily_uploads >= 0) AND (daily_upload_bytes >= 0)))
);

CREATE TABLE public.users (
    user_id text NOT NULL COLLATE pg_catalog."C",
    display_name text NOT NULL,
    role text NOT NULL,
    created timestamp with time zone NOT NULL,
    disabled timestamp with time zone,
    CONSTRAINT users_id_is_plain CHECK ((user_id ~ '^[a-z0-9][a-z0-9._-]{0,99}$'::text)),
    CONSTRAINT users_role_is_known CHECK ((role = ANY (ARRAY['reader'::text, 'submitter'::text, 'publisher'::text, 'worker'::text, 'admin'::text])))
);

CREATE TABLE public.workers (
    name text NOT NULL COLLATE pg_catalog."C",
    version text NOT NULL,
    devices text[] NOT NULL,
    sandbox text[] NOT NULL,
    missing jsonb NOT NULL,
    first_seen timestamp with time zone NOT NULL,
    last_seen timestamp with time zone NOT NULL,
    memory_bytes bigint DEFAULT 0 NOT NULL,
    CONSTRAINT workers_memory_not_negative CHECK ((memory_bytes >= 0)),
    CONSTRAINT workers_missing_is_an_object CHECK ((jsonb_typeof(missing) = 'object'::text)),
    CONSTRAINT workers_name_not_empty CHECK ((name <> ''::text))
);

ALTER TABLE ONLY public.audit_log
    ADD CONSTRAINT audit_log_pkey PRIMARY KEY (sequence);

ALTER TABLE ONLY public.benchmarks
    ADD CONSTRAINT benchmarks_ordinal_once UNIQUE (pack_id, pack_version, ordinal);

ALTER TABLE ONLY public.benchmarks
    ADD CONSTRAINT benchmarks_pkey PRIMARY KEY (pack_id, pack_version, benchmark_id);

ALTER TABLE ONLY public.blob_uploads
    ADD CONSTRAINT blob_uploads_pkey PRIMARY KEY (user_id, sha256);

ALTER TABLE ONLY public.checkpoints
    ADD CONSTRAINT checkpoints_pkey PRIMARY KEY (model_id, sha256);

ALTER TABLE ONLY public.checkpoints
    ADD CONSTRAINT checkpoints_sequence_once UNIQUE (sequence);

ALTER TABLE ONLY public.job_attempts
    ADD CONSTRAINT job_attempts_pkey PRIMARY KEY (job_id, number);

ALTER TABLE ONLY public.job_grams
    ADD CONSTRAINT job_grams_pkey PRIMARY KEY (job_id);

ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_pkey PRIMARY KEY (job_id);

ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_request_once UNIQUE (request_id);

ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_sequence_once UNIQUE (sequence);

ALTER TABLE ONLY public.leaderboard_cells
    ADD CONSTRAINT leaderboard_cells_pkey PRIMARY KEY (model_id, benchmark_id);

ALTER TABLE ONLY public.leaderboard_rows
    ADD CONSTRAINT leaderboard_rows_pkey PRIMARY KEY (model_id);

ALTER TABLE ONLY public.models
    ADD CONSTRAINT models_pkey PRIMARY KEY (model_id);

ALTER TABLE ONLY public.models
    ADD CONSTRAINT models_request_once UNIQUE (request_id);

ALTER TABLE ONLY public.pack_files
    ADD CONSTRAINT pack_files_pkey PRIMARY KEY (pack_id, pack_version, path);

ALTER TABLE ONLY public.pack_policies
    ADD CONSTRAINT pack_policies_pkey PRIMARY KEY (pack_id);

ALTER TABLE ONLY public.packs
    ADD CONSTRAINT packs_pkey PRIMARY KEY (pack_id, version);

ALTER TABLE ONLY public.packs
    ADD CONSTRAINT packs_sequence_once UNIQUE (sequence);

ALTER TABLE ONLY public.scores
    ADD CONSTRAINT scores_once_a_benchmark UNIQUE (job_id, benchmark_id);

ALTER TABLE ONLY public.scores
    ADD CONSTRAINT scores_ordinal_once UNIQUE (job_id, ordinal);

ALTER TABLE ONLY public.scores
    ADD CONSTRAINT scores_pkey PRIMARY KEY (score_id);

ALTER TABLE ONLY public.scores
    ADD CONSTRAINT scores_sequence_once UNIQUE (sequence);

ALTER TABLE ONLY public.tokens
    ADD CONSTRAINT tokens_digest_once UNIQUE (digest);

ALTER TABLE ONLY public.tokens
    ADD CONSTRAINT tokens_pkey PRIMARY KEY (token_id);

ALTER TABLE ONLY public.tokens
    ADD CONSTRAINT tokens_sequence_once UNIQUE (sequence);

ALTER TABLE ONLY public.upload_usage
    ADD CONSTRAINT upload_usage_pkey PRIMARY KEY (user_id, day);

ALTER TABLE ONLY public.user_quotas
    ADD CONSTRAINT user_quotas_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY public.workers
    ADD CONSTRAINT workers_pkey PRIMARY KEY (name);

CREATE INDEX audit_log_of_user ON public.audit_log USING btree (user_id, sequence DESC);

CREATE INDEX blob_uploads_by_age ON public.blob_uploads USING btree (uploaded);

CREATE INDEX checkpoints_by_digest ON public.checkpoints USING btree (sha256);

CREATE INDEX jobs_leased ON public.jobs USING btree (lease_expires) WHERE (state = 'running'::text);

CREATE INDEX jobs_of_checkpoint ON public.jobs USING btree (model_id, checkpoint_sha256, pack_id, sequence DESC);

CREATE INDEX jobs_of_model ON public.jobs USING btree (model_id, sequence DESC);

CREATE INDEX jobs_of_owner_on_pack ON public.jobs USING btree (owner, pack_id);

CREATE INDEX jobs_open_of_owner ON public.jobs USING btree (owner) WHERE (state = ANY (ARRAY['queued'::text, 'running'::text]));

CREATE INDEX jobs_rescores_waiting ON public.jobs USING btree (((- priority)), COALESCE(owner, ''::text), sequence, needed_memory_bytes) WHERE ((state = 'queued'::text) AND (kind = 'rescore'::text));

CREATE INDEX jobs_waiting ON public.jobs USING btree (((- priority)), COALESCE(owner, ''::text), sequence, needed_memory_bytes) WHERE (state = 'queued'::text);

CREATE INDEX leaderboard_cells_in_order ON public.leaderboard_cells USING btree (benchmark_id, ((- value)), model_id);

CREATE INDEX leaderboard_rows_in_order ON public.leaderboard_rows USING btree (((- mean)), model_id) WHERE (mean IS NOT NULL);

CREATE INDEX models_deleted ON public.models USING btree (deleted) WHERE (deleted IS NOT NULL);

CREATE INDEX pack_files_by_digest ON public.pack_files USING btree (sha256);

CREATE INDEX pack_policies_deleted ON public.pack_policies USING btree (pack_id) WHERE (deleted IS NOT NULL);

CREATE INDEX packs_newest ON public.packs USING btree (pack_id, sequence DESC);

CREATE INDEX scores_of_benchmark ON public.scores USING btree (benchmark_id, model_id, sequence DESC);

CREATE INDEX scores_of_checkpoint ON public.scores USING btree (model_id, checkpoint_sha256, pack_id, pack_version, sequence DESC);

CREATE INDEX scores_of_model ON public.scores USING btree (model_id, sequence DESC);

CREATE INDEX scores_standing ON public.scores USING btree (model_id, checkpoint_sha256, benchmark_id, sequence DESC);

CREATE INDEX tokens_of_user ON public.tokens USING btree (user_id, sequence DESC);

CREATE TRIGGER audit_log_append_only BEFORE DELETE OR UPDATE ON public.audit_log FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER audit_log_not_truncated BEFORE TRUNCATE ON public.audit_log FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER benchmarks_append_only BEFORE DELETE OR UPDATE ON public.benchmarks FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER checkpoints_append_only BEFORE DELETE OR UPDATE ON public.checkpoints FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER jobs_transition_is_legal AFTER UPDATE OF state ON public.jobs FOR EACH ROW WHEN ((old.state IS DISTINCT FROM new.state)) EXECUTE FUNCTION public.refuse_transition();

CREATE TRIGGER pack_files_append_only BEFORE DELETE OR UPDATE ON public.pack_files FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE CONSTRAINT TRIGGER pack_policies_change_leaderboard AFTER UPDATE OF deleted ON public.pack_policies DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((old.deleted IS DISTINCT FROM new.deleted)) EXECUTE FUNCTION public.take_deletion_to_leaderboard();

CREATE TRIGGER packs_append_only BEFORE DELETE OR UPDATE ON public.packs FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE CONSTRAINT TRIGGER packs_change_leaderboard AFTER INSERT ON public.packs DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.take_pack_to_leaderboard();

CREATE TRIGGER scores_append_only BEFORE DELETE OR UPDATE ON public.scores FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER scores_not_truncated BEFORE TRUNCATE ON public.scores FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER scores_stand_on_leaderboard AFTER INSERT ON public.scores REFERENCING NEW TABLE AS new_scores FOR EACH STATEMENT EXECUTE FUNCTION public.take_scores_to_leaderboard();

ALTER TABLE ONLY public.benchmarks
    ADD CONSTRAINT benchmarks_pack_id_pack_version_fkey FOREIGN KEY (pack_id, pack_version) REFERENCES public.packs(pack_id, version);

ALTER TABLE ONLY public.blob_uploads
    ADD CONSTRAINT blob_uploads_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(user_id);

ALTER TABLE ONLY public.checkpoints
    ADD CONSTRAINT checkpoints_model_id_fkey FOREIGN KEY (model_id) REFERENCES public.models(model_id);

ALTER TABLE ONLY public.job_attempts
    ADD CONSTRAINT job_attempts_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.jobs(job_id);

ALTER TABLE ONLY public.job_grams
    ADD CONSTRAINT job_grams_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.jobs(job_id);

ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_model_id_checkpoint_sha256_fkey FOREIGN KEY (model_id, checkpoint_sha256) REFERENCES public.checkpoints(model_id, sha256);

ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_pack_id_pack_version_fkey FOREIGN KEY (pack_id, pack_version) REFERENCES public.packs(pack_id, version);

ALTER TABLE ONLY public.leaderboard_rows
    ADD CONSTRAINT leaderboard_rows_model_id_fkey FOREIGN KEY (model_id) REFERENCES public.models(model_id);

ALTER TABLE ONLY public.pack_files
    ADD CONSTRAINT pack_files_pack_id_pack_version_fkey FOREIGN KEY (pack_id, pack_version) REFERENCES public.packs(pack_id, version);

ALTER TABLE ONLY public.scores
    ADD CONSTRAINT scores_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.jobs(job_id);

ALTER TABLE ONLY public.scores
    ADD CONSTRAINT scores_model_id_checkpoint_sha256_fkey FOREIGN KEY (model_id, checkpoint_sha256) REFERENCES public.checkpoints(model_id, sha256);

ALTER TABLE ONLY public.scores
    ADD CONSTRAINT scores_pack_id_pack_version_benchmark_id_fkey FOREIGN KEY (pack_id, pack_version, benchmark_id) REFERENCES public.benchmarks(pack_id, pack_version, benchmark_id);

ALTER TABLE ONLY public.tokens
    ADD CONSTRAINT tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(user_id);

ALTER TABLE ONLY public.upload_usage
    ADD CONSTRAINT upload_usage_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(user_id);

ALTER TABLE ONLY public.user_quotas
    ADD CONSTRAINT user_quotas_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(user_id);

