DROP INDEX jobs_rescores_waiting;
DROP INDEX jobs_waiting;
CREATE INDEX jobs_waiting ON jobs ((-priority), (coalesce(owner, '')), sequence) WHERE state = 'queued';
CREATE INDEX jobs_rescores_waiting ON jobs ((-priority), (coalesce(owner, '')), sequence)
  WHERE state = 'queued' AND kind = 'rescore';
ALTER TABLE workers DROP COLUMN memory_bytes;
ALTER TABLE job_attempts DROP COLUMN needed_memory_bytes;
ALTER TABLE jobs
  DROP COLUMN needed_memory_bytes, DROP COLUMN estimate_seconds, DROP COLUMN estimate_passes,
  DROP COLUMN estimate_memory_bytes, DROP COLUMN estimate_gram_bytes, DROP COLUMN estimate_activation_bytes;
