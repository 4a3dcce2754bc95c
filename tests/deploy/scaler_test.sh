#!/bin/bash
# KEDA's question to PostgreSQL, as scaling.yaml has it, asked by the role that docs/containers.md makes: it counts, and can read nothing else.
# Usage: scaler_test.sh SOURCE_ROOT BIN_DIR
set -euo pipefail
root=$1 bin=$2
scratch=$(mktemp -d)
chmod 711 "$scratch"
trap '"$root/deploy/private_postgres.sh" remove "$scratch/postgres" > /dev/null 2>&1 || true; rm -rf "$scratch"' EXIT

fail() { echo "FAILED: $*"; exit 1; }
# expect WHAT PATTERN command…
expect() {
  local what=$1 pattern=$2 output status=0
  shift 2
  output=$("$@" 2>&1) || status=$?
  [[ "$status $output" =~ $pattern ]] || fail "$what: expected '$pattern', got '$status $output'"
  echo "ok: $what"
}

query=$(sed -n 's/^ *query: //p' "$root/deploy/kubernetes/components/worker/scaling.yaml")
grant=$(grep -o "GRANT SELECT [^']*" "$root/docs/containers.md")
if [ -z "$query" ] || [ -z "$grant" ]; then fail "scaling.yaml has no query, or docs/containers.md no grant"; fi
"$root/deploy/private_postgres.sh" start "$scratch/postgres" --fast > /dev/null
database=$("$root/deploy/private_postgres.sh" url "$scratch/postgres")
"$bin/ventral-migrate" up --database "$database" > /dev/null
ask() { psql "$database" -XAtq -v ON_ERROR_STOP=1 -c "$1"; }
# as_scaler SQL
as_scaler() { ask "SET ROLE ventral_scaler; $1"; }
ask "CREATE ROLE ventral_scaler; $grant"
expect "an empty queue" '^0 0$' as_scaler "$query"
ask "INSERT INTO models (model_id, display_name, architecture, training_data, objective, learning_rule, licence, reference, created)
       VALUES ('m', 'm', '', '', '', '', '', '', now());
     INSERT INTO checkpoints (model_id, sha256, file_name, bytes, created) VALUES ('m', repeat('0', 64), 'f', 1, now());
     INSERT INTO packs (pack_id, version, digest, title, citation, licence, stimuli, bytes, created) VALUES ('p', '1', repeat('0', 64), '', '', '', 1, 1, now());
     INSERT INTO jobs (model_id, checkpoint_sha256, pack_id, pack_version, state, max_attempts, not_before, created, ended)
       SELECT 'm', repeat('0', 64), 'p', '1', state, 3, now(), now(), CASE state WHEN 'cancelled' THEN now() END
       FROM unnest(ARRAY['queued', 'queued', 'cancelled']) AS state"
expect "two wait, one does not" '^0 2$' as_scaler "$query"
for forbidden in 'SELECT model_id FROM jobs' 'SELECT digest FROM tokens' "UPDATE jobs SET state = 'cancelled'" 'DELETE FROM jobs'; do
  expect "refused: $forbidden" '^[1-9].*permission denied' as_scaler "$forbidden"
done
