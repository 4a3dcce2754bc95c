-- Who may do what, and who did what.

CREATE TABLE users (
  user_id      text COLLATE "C" PRIMARY KEY,
  display_name text NOT NULL,
  role         text NOT NULL,
  created      timestamptz NOT NULL,
  -- From then on none of the user's tokens lets anyone in. The row stays: the audit log names it.
  disabled     timestamptz,
  CONSTRAINT users_id_is_plain CHECK (user_id ~ '^[a-z0-9][a-z0-9._-]{0,99}$'),
  CONSTRAINT users_role_is_known CHECK (role IN ('reader', 'submitter', 'publisher', 'worker', 'admin'))
);

CREATE TABLE tokens (
  token_id    uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id     text COLLATE "C" NOT NULL REFERENCES users,
  -- SHA-256 of the secret, which has 256 random bits: no salt, and nothing to guess.
  digest      text COLLATE "C" NOT NULL,
  description text NOT NULL,
  sequence    bigint GENERATED ALWAYS AS IDENTITY,
  created     timestamptz NOT NULL,
  expires     timestamptz,
  -- To within a minute.
  last_use    timestamptz,
  revoked     timestamptz,
  CONSTRAINT tokens_digest_once UNIQUE (digest),
  CONSTRAINT tokens_sequence_once UNIQUE (sequence),
  CONSTRAINT tokens_digest_is_hex CHECK (digest ~ '^[0-9a-f]{64}$')
);
CREATE INDEX tokens_of_user ON tokens (user_id, sequence DESC);

-- Append-only, and leaning on no other table, so that nothing can stand in its way.
CREATE TABLE audit_log (
  sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at       timestamptz NOT NULL,
  -- Both empty for a call without a token.
  user_id  text COLLATE "C" NOT NULL,
  token_id text COLLATE "C" NOT NULL,
  method   text NOT NULL,
  resource text NOT NULL,
  outcome  text NOT NULL,
  -- Address of the connection, as gRPC writes it.
  peer     text NOT NULL
);
CREATE INDEX audit_log_of_user ON audit_log (user_id, sequence DESC);
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_log_not_truncated BEFORE TRUNCATE ON audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
