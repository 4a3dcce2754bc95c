-- What a user may do at most, and what it uploaded.
CREATE INDEX jobs_open_of_owner ON jobs (owner) WHERE state IN ('queued', 'running');

-- What is not NULL counts instead of the server's default; 0 is no limit.
CREATE TABLE user_quotas (
  user_id            text COLLATE "C" PRIMARY KEY REFERENCES users,
  jobs               bigint,
  daily_uploads      bigint,
  daily_upload_bytes bigint,
  CONSTRAINT user_quotas_not_negative CHECK (jobs >= 0 AND daily_uploads >= 0 AND daily_upload_bytes >= 0)
);

-- Blobs that came, or are coming, on one day (UTC).
CREATE TABLE upload_usage (
  user_id text COLLATE "C" NOT NULL REFERENCES users,
  day     date NOT NULL,
  uploads bigint NOT NULL,
  bytes   bigint NOT NULL,
  PRIMARY KEY (user_id, day),
  CONSTRAINT upload_usage_not_negative CHECK (uploads >= 0 AND bytes >= 0)
);
