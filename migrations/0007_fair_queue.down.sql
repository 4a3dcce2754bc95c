-- A quarantined job becomes one that failed, which anybody may retry.
DROP INDEX jobs_rescores_waiting;
DROP INDEX jobs_waiting;
CREATE INDEX jobs_waiting ON jobs (sequence) WHERE state = 'queued';
CREATE INDEX jobs_rescores_waiting ON jobs (sequence) WHERE state = 'queued' AND kind = 'rescore';
DROP TRIGGER jobs_transition_is_legal ON jobs;
DROP FUNCTION refuse_transition();
ALTER TABLE jobs
  DROP COLUMN quarantined, DROP COLUMN lost_leases, DROP COLUMN crashes, DROP COLUMN memory_factor,
  DROP COLUMN priority, DROP COLUMN owner;
