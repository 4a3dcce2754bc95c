-- Kept Grams, and jobs that score them again.
ALTER TABLE jobs
  ADD COLUMN kind text NOT NULL DEFAULT 'score',
  ADD CONSTRAINT jobs_kind_known CHECK (kind IN ('score', 'rescore'));

-- The blob of Grams that a job made, or that a rescore reads. One blob may stand for several jobs.
CREATE TABLE job_grams (
  job_id  uuid PRIMARY KEY REFERENCES jobs,
  sha256  text COLLATE "C" NOT NULL,
  bytes   bigint NOT NULL,
  created timestamptz NOT NULL,
  CONSTRAINT job_grams_sha256_is_hex CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  CONSTRAINT job_grams_bytes_positive CHECK (bytes > 0)
);

-- What a rescore looks for: the newest job of a checkpoint on a pack.
CREATE INDEX jobs_of_checkpoint ON jobs (model_id, checkpoint_sha256, pack_id, sequence DESC);
