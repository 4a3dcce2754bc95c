-- An older server does not know the word. What it called such an end, and treats alike (the job is never tried
-- again), is invalid_checkpoint; the message, which names the system call, stays.
ALTER TABLE jobs DROP CONSTRAINT jobs_cause_known;
ALTER TABLE job_attempts DROP CONSTRAINT job_attempts_cause_known;
UPDATE jobs SET failure_cause = 'invalid_checkpoint' WHERE failure_cause = 'violation';
UPDATE job_attempts SET failure_cause = 'invalid_checkpoint' WHERE failure_cause = 'violation';
ALTER TABLE jobs ADD CONSTRAINT jobs_cause_known CHECK (
  failure_cause IN ('invalid_checkpoint', 'out_of_memory', 'timeout', 'crash', 'infrastructure'));
ALTER TABLE job_attempts ADD CONSTRAINT job_attempts_cause_known CHECK (
  failure_cause IN ('invalid_checkpoint', 'out_of_memory', 'timeout', 'crash', 'infrastructure'));
