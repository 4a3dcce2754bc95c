-- A cause of its own for a checkpoint that tried what a sealed extractor may not do.
ALTER TABLE jobs
  DROP CONSTRAINT jobs_cause_known,
  ADD CONSTRAINT jobs_cause_known CHECK (
    failure_cause IN ('invalid_checkpoint', 'violation', 'out_of_memory', 'timeout', 'crash', 'infrastructure'));
ALTER TABLE job_attempts
  DROP CONSTRAINT job_attempts_cause_known,
  ADD CONSTRAINT job_attempts_cause_known CHECK (
    failure_cause IN ('invalid_checkpoint', 'violation', 'out_of_memory', 'timeout', 'crash', 'infrastructure'));
