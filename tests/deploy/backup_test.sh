#!/bin/bash
# deploy/backup.sh and deploy/restore.sh, with real programs: a service with a score is backed up while it runs, destroyed, and brought back, with
# the same blobs, the same leaderboard and the same tokens. Usage: backup_test.sh SOURCE_ROOT BIN_DIR PYTHON
set -euo pipefail
root=$1 bin=$2 python=$3
scratch=$(mktemp -d)
chmod 711 "$scratch"
postgres=$root/deploy/private_postgres.sh
server=''
stop_server() {
  [ -n "$server" ] || return 0
  kill -TERM "$server" 2> /dev/null || true
  wait "$server" || true
  server=''
}
trap 'stop_server; "$postgres" remove "$scratch/postgres" > /dev/null 2>&1 || true; rm -rf "$scratch"' EXIT
unset VENTRAL_TOKEN VENTRAL_CONFIG VENTRAL_DATABASE VENTRAL_TLS_CA VENTRAL_TLS_CERT VENTRAL_TLS_KEY
export HOME=$scratch VENTRAL_TOKEN_FILE=$scratch/admin-token

fail() { echo "FAILED: $*"; exit 1; }
# expect WHAT PATTERN command…
expect() {
  local what=$1 pattern=$2 output status=0
  shift 2
  output=$("$@" 2>&1) || status=$?
  [[ "$status $output" =~ $pattern ]] || fail "$what: expected '$pattern', got '$status $output'"
  echo "ok: $what"
}

new_database() {
  "$postgres" start "$scratch/postgres" --fast > /dev/null
  database=$("$postgres" url "$scratch/postgres")
}
start_server() {
  local waited=0
  rm -f "$scratch/address"
  VENTRAL_DATABASE=$database "$bin/ventral-server" --blobs "$scratch/service/blobs" --listen 127.0.0.1:0 --address-file "$scratch/address" \
    --admin-token-file "$scratch/admin-token" 2>> "$scratch/server.log" &
  server=$!
  until [ -s "$scratch/address" ]; do
    { kill -0 "$server" 2> /dev/null && [ "$waited" -lt 600 ]; } || fail "the server does not listen: $(cat "$scratch/server.log")"
    sleep 0.1
    waited=$((waited + 1))
  done
  VENTRAL_SERVER=$(cat "$scratch/address")
  export VENTRAL_SERVER
}
blob_digests() { (cd "$scratch/service/blobs/sha256" && find . -type f -exec sha256sum {} + | sort -k 2); }
# What a person sees of scores, jobs and users.
seen() { "$bin/ventral" leaderboard --json && "$bin/ventral" show teacher --json && "$bin/ventral" jobs --json && "$bin/ventral" admin token list --json | grep -v lastUse; }
backup() { PATH="$1" "$root/deploy/backup.sh" --database "$database" --blobs "$scratch/service/blobs" --out "$scratch/backup"; }
restore() { "$root/deploy/restore.sh" --database "$database" --blobs "$scratch/service/blobs" --from "$scratch/backup" "$@"; }

PYTHONPATH=$root/client/python "$python" -m ventral.simulated "$scratch/made" > /dev/null
new_database
"$bin/ventral-migrate" up --database "$database" > /dev/null
mkdir "$scratch/service"
start_server
"$bin/ventral" admin user create worker --role worker > /dev/null
"$bin/ventral" admin token create worker --out "$scratch/worker-token" > /dev/null
"$bin/ventral" pack publish "$scratch/made/simulated-cortex" > /dev/null
"$bin/ventral" submit "$scratch/made/teacher.pt2" --name teacher --pack simulated-cortex > /dev/null
expect "a score to keep" '^0 ' "$bin/ventral-worker" --once --server "$VENTRAL_SERVER" --token-file "$scratch/worker-token" \
  --cache "$scratch/cache" --device cpu --threads 1
expect "Grams to keep" '^0 1$' psql "$database" -XAtc 'SELECT count(*) FROM job_grams'

# A checkpoint that comes while the backup is made, just before the dump: it and its blob are in it, because blobs are copied after the dump.
mkdir "$scratch/path"
cat > "$scratch/path/pg_dump" << EOT
#!/bin/bash
"$bin/ventral" submit "$scratch/made/student.pt2" --name student --pack simulated-cortex >&2 || exit 1
exec "$(command -v pg_dump)" "\$@"
EOT
chmod +x "$scratch/path/pg_dump"
expect "a backup while the service changes" '^0 .*database-[0-9TZ]*\.dump and [1-9][0-9]* new blobs$' backup "$scratch/path:$PATH"
sleep 1.1  # the next dump's name
expect "a second backup copies no blob again" '^0 .* and 0 new blobs$' backup "$PATH"
seen > "$scratch/seen"
blob_digests > "$scratch/digests"
grep -q student "$scratch/seen" || fail "the student is not there"

stop_server
"$postgres" remove "$scratch/postgres" > /dev/null
rm -rf "$scratch/service"
new_database
expect "restore" '^0 restored .*and [1-9][0-9]* blobs' restore
expect "the schema is there" '^0 nothing to do$' "$bin/ventral-migrate" up --database "$database"
start_server
seen > "$scratch/seen.after"
diff "$scratch/seen" "$scratch/seen.after" || fail "what the service says has changed"
blob_digests | diff "$scratch/digests" - || fail "the blobs have changed"
echo "ok: the same scores, jobs, tokens and blobs"
expect "kept Grams can be read" '^0 ' "$bin/ventral" rdms "$("$bin/ventral" jobs --json | grep -o '"jobs/[0-9a-f-]*"' | tail -n 1 | tr -d '"')" --out "$scratch/rdms"

# What was deleted may be collected: its rows stay, and a backup is whole without the files.
lose() { rm -f "$scratch/service/blobs/sha256/${1:0:2}/$1" "$scratch/backup/blobs/sha256/${1:0:2}/$1"; }
"$bin/ventral" model delete student > /dev/null
lose "$(psql "$database" -XAtc "SELECT sha256 FROM checkpoints WHERE model_id = 'student'")"
expect "a backup without a deleted model's checkpoint" '^0 note: 1 blob\(s\) that .*and 0 new blobs$' backup "$PATH"
"$bin/ventral" pack delete simulated-cortex > /dev/null
lose "$(psql "$database" -XAtc "SELECT sha256 FROM pack_files ORDER BY path LIMIT 1")"
sleep 1.1
expect "and without a deleted pack's file" '^0 note: 2 blob\(s\) that .*and 0 new blobs$' backup "$PATH"
stop_server
"$postgres" remove "$scratch/postgres" > /dev/null
rm -rf "$scratch/service"
new_database
expect "it can be restored" '^0 restored' restore
start_server
expect "and the model is deleted still" '^4 ' "$bin/ventral" show student
expect "what came back with the pack is there" '^0 ' "$bin/ventral" pack undelete simulated-cortex
expect "its scores are there" '^0 .*teacher' "$bin/ventral" leaderboard
stop_server

# What must be refused.
expect "no restore into a database that is used" '^1 error: the database is not empty' restore
"$postgres" remove "$scratch/postgres" > /dev/null
new_database
victim=$(find "$scratch/backup/blobs/sha256" -type f | sort | sed -n 1p)
cp "$victim" "$scratch/kept"
chmod u+w "$victim"
echo >> "$victim"
expect "a damaged backup is refused" "^1 error: .*${victim##*/} does not have the digest of its name" restore
expect "and nothing of the database was made" '^0 0$' psql "$database" -XAtc "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
cp "$scratch/kept" "$victim"
expect "mended, it can be restored over what is there" '^0 restored' restore
checkpoint=$(psql "$database" -XAtc "SELECT sha256 FROM checkpoints WHERE model_id = 'teacher'")
rm -rf "$scratch/backup" "$scratch/service/blobs/sha256/${checkpoint:0:2}/$checkpoint"
expect "a service that lost a blob has no backup" "^1 missing: the blob $checkpoint, which the table checkpoints names" backup "$PATH"
expect "and none that looks like one" '^0 $' find "$scratch/backup" -name '*.dump'
expect "no backup of a bucket" "^1 error: --blobs s3://lab/x: .*versioning" "$root/deploy/backup.sh" --database "$database" --blobs s3://lab/x --out "$scratch/b"
expect "no restore into a bucket" "^1 error: --blobs s3://lab/x: .*versions" "$root/deploy/restore.sh" --database "$database" --blobs s3://lab/x --from "$scratch/b"
for script in backup restore; do expect "$script: wrong arguments" '^2 ' "$root/deploy/$script.sh" --blobs; done
