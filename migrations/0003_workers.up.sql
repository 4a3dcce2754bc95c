-- The workers that were heard of, as they describe themselves: for people, no other table leans on it.
CREATE TABLE workers (
  name       text COLLATE "C" PRIMARY KEY,
  version    text NOT NULL,
  devices    text[] NOT NULL,
  -- Layers of the sandbox around every checkpoint; those that cannot be had there, each with its reason.
  sandbox    text[] NOT NULL,
  missing    jsonb NOT NULL,
  first_seen timestamptz NOT NULL,
  last_seen  timestamptz NOT NULL,
  CONSTRAINT workers_name_not_empty CHECK (name <> ''),
  CONSTRAINT workers_missing_is_an_object CHECK (jsonb_typeof(missing) = 'object')
);
