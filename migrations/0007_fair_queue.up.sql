-- Which moves a job may make, whose turn is next, and jobs that would do harm again.
ALTER TABLE jobs
  -- Who made it, or put it back into the queue last; NULL where nobody known did.
  ADD COLUMN owner text COLLATE "C",
  ADD COLUMN priority integer NOT NULL DEFAULT 0,
  -- Of the worker's memory budget.
  ADD COLUMN memory_factor integer NOT NULL DEFAULT 1,
  -- Attempts that ended so, until an admin lets a quarantined job run again.
  ADD COLUMN crashes integer NOT NULL DEFAULT 0,
  ADD COLUMN lost_leases integer NOT NULL DEFAULT 0,
  ADD COLUMN quarantined boolean NOT NULL DEFAULT false,
  ADD CONSTRAINT jobs_priority_in_range CHECK (priority BETWEEN -100 AND 100),
  ADD CONSTRAINT jobs_memory_factor_in_range CHECK (memory_factor BETWEEN 1 AND 16),
  ADD CONSTRAINT jobs_counts_not_negative CHECK (crashes >= 0 AND lost_leases >= 0),
  ADD CONSTRAINT jobs_quarantined_has_failed CHECK (state = 'failed' OR NOT quarantined);

-- The table of server/store/job_state.cc. After the row's own constraints, whose words say more.
CREATE FUNCTION refuse_transition() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER jobs_transition_is_legal AFTER UPDATE OF state ON jobs
  FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION refuse_transition();

-- What a worker asks for: the highest priority, in it each user's turn, and of that user the oldest.
DROP INDEX jobs_waiting;
DROP INDEX jobs_rescores_waiting;
CREATE INDEX jobs_waiting ON jobs ((-priority), (coalesce(owner, '')), sequence) WHERE state = 'queued';
CREATE INDEX jobs_rescores_waiting ON jobs ((-priority), (coalesce(owner, '')), sequence)
  WHERE state = 'queued' AND kind = 'rescore';
