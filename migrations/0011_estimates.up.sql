-- What a run will take, told before it begins; what it is known to need, so that it is not handed to a worker that has
-- less, nor made where none has it.
ALTER TABLE jobs
  -- Of the running or last attempt; all NULL until it is known, and for private packs.
  ADD COLUMN estimate_activation_bytes bigint,
  ADD COLUMN estimate_gram_bytes       bigint,
  ADD COLUMN estimate_memory_bytes     bigint,
  ADD COLUMN estimate_passes           integer,
  ADD COLUMN estimate_seconds          double precision,
  -- Bytes of memory that a worker must have; 0: not known.
  ADD COLUMN needed_memory_bytes bigint NOT NULL DEFAULT 0,
  ADD CONSTRAINT jobs_estimate_is_whole CHECK (
    num_nulls(estimate_activation_bytes, estimate_gram_bytes, estimate_memory_bytes, estimate_passes, estimate_seconds)
    IN (0, 5)),
  ADD CONSTRAINT jobs_estimate_not_negative CHECK (
    least(estimate_activation_bytes, estimate_gram_bytes, estimate_memory_bytes, estimate_passes) >= 0
    AND estimate_seconds >= 0 AND estimate_seconds < 'Infinity'),
  ADD CONSTRAINT jobs_needed_memory_not_negative CHECK (needed_memory_bytes >= 0);
ALTER TABLE job_attempts
  ADD COLUMN needed_memory_bytes bigint NOT NULL DEFAULT 0,
  ADD CONSTRAINT job_attempts_needed_memory_not_negative CHECK (needed_memory_bytes >= 0);
-- What a run may take there at most; 0: it does not say.
ALTER TABLE workers
  ADD COLUMN memory_bytes bigint NOT NULL DEFAULT 0,
  ADD CONSTRAINT workers_memory_not_negative CHECK (memory_bytes >= 0);

-- What a worker has too little memory for is passed over within the index.
DROP INDEX jobs_waiting;
DROP INDEX jobs_rescores_waiting;
CREATE INDEX jobs_waiting ON jobs ((-priority), (coalesce(owner, '')), sequence, needed_memory_bytes)
  WHERE state = 'queued';
CREATE INDEX jobs_rescores_waiting ON jobs ((-priority), (coalesce(owner, '')), sequence, needed_memory_bytes)
  WHERE state = 'queued' AND kind = 'rescore';
