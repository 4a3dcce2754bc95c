-- Whose a model is and who sees it; who may see the data of a pack, and how often one submitter may be scored on it;
-- who has shown which bytes.
ALTER TABLE models
  -- Who made it; NULL where nobody known did.
  ADD COLUMN owner text COLLATE "C",
  -- For its owner's eyes, and admins'.
  ADD COLUMN private boolean NOT NULL DEFAULT false,
  -- When it was deleted: nobody sees it any more, and its files go after a while. Scores stay, as they are append-only.
  ADD COLUMN deleted timestamptz,
  ADD CONSTRAINT models_private_has_owner CHECK (owner IS NOT NULL OR NOT private);
CREATE INDEX models_deleted ON models (deleted) WHERE deleted IS NOT NULL;

-- Of all versions of a pack; a pack that is not here is public, without limit, and any publisher's.
CREATE TABLE pack_policies (
  pack_id text COLLATE "C" PRIMARY KEY,
  owner   text COLLATE "C",
  -- Nothing that could hold its stimuli or recordings leaves the service: no Grams.
  private boolean NOT NULL DEFAULT false,
  -- So many jobs of one submitter within so many days; NULL: any number.
  jobs_per_submitter integer,
  days               integer,
  CONSTRAINT pack_policies_limit_is_whole CHECK ((jobs_per_submitter IS NULL) = (days IS NULL)),
  CONSTRAINT pack_policies_limit_in_range CHECK (jobs_per_submitter >= 1 AND days BETWEEN 1 AND 3660)
);
CREATE INDEX jobs_of_owner_on_pack ON jobs (owner, pack_id);

-- Who uploaded a blob may name it; who has only heard of its digest may not.
CREATE TABLE blob_uploads (
  user_id  text COLLATE "C" NOT NULL REFERENCES users,
  sha256   text COLLATE "C" NOT NULL,
  uploaded timestamptz NOT NULL,
  PRIMARY KEY (user_id, sha256),
  CONSTRAINT blob_uploads_sha256_is_hex CHECK (sha256 ~ '^[0-9a-f]{64}$')
);
CREATE INDEX blob_uploads_by_age ON blob_uploads (uploaded);
CREATE INDEX checkpoints_by_digest ON checkpoints (sha256);
CREATE INDEX pack_files_by_digest ON pack_files (sha256);
