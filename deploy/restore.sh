#!/bin/bash
# Brings back what deploy/backup.sh kept, into an empty database and a blob folder.
set -euo pipefail

usage() {
  cat << 'EOT'
  deploy/restore.sh --from FOLDER --database URL --blobs FOLDER [--dump FILE]

  --from      what deploy/backup.sh wrote as --out
  --dump      which of its dumps [the newest]
  --database  an empty database, PostgreSQL [VENTRAL_DATABASE]
  --blobs     the server's blob folder, empty or not there, or one with blobs of the same service; no bucket

The server must not run. Each blob is held against its digest first; the database comes last and in one transaction, so a restore that fails
can be run again. Then: ventral-migrate up, and the server. Tokens of before let in again.

Exit codes: 0 done; 1 failed; 2 wrong arguments.
EOT
}

fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

# Blobs in a bucket: versions and replication keep them better than copies through this machine could.
refuse_bucket() {
  case "$blobs" in
    s3://*) fail "--blobs $blobs: blobs are not copied into a bucket. Bring back its own versions, and the database by pg_restore --single-transaction into an empty one (docs/operations.md, \"Backup with a bucket\")" ;;
    file:///*) blobs=${blobs#file://} ;;
    *://*) fail "--blobs $blobs: wanted is a folder" ;;
  esac
}

# Of the same owner as the blob folder, as the server is not root.
restore_blob() {
  local file=$1 digest=${1##*/} to
  to=$blobs/sha256/${digest:0:2}/$digest
  [ "$(sha256sum "$file" | cut -d ' ' -f 1)" = "$digest" ] || fail "$file does not have the digest of its name: this backup is damaged"
  [ ! -e "$to" ] || return 0
  install -d -m 755 "${to%/*}"
  cp "$file" "$to.new"
  sync "$to.new"
  mv "$to.new" "$to"
}

database=${VENTRAL_DATABASE:-} blobs='' from='' dump=''
while [ $# -gt 0 ]; do
  case "$1" in
    -h | --help) usage; exit 0 ;;
    --database | --blobs | --from | --dump) [ $# -gt 1 ] || { usage >&2; exit 2; }; printf -v "${1#--}" '%s' "$2"; shift 2 ;;
    *) usage >&2; exit 2 ;;
  esac
done
if [ -z "$database" ] || [ -z "$blobs" ] || [ -z "$from" ]; then usage >&2; exit 2; fi
refuse_bucket
[ -n "$dump" ] || dump=$(find "$from" -maxdepth 1 -name 'database-*.dump' | sort | tail -n 1)
[ -e "$dump" ] || fail "there is no database-*.dump in $from"
tables=$(psql --no-psqlrc --tuples-only --no-align --dbname="$database" \
  --command="SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") || fail "the database does not answer"
[ "$tables" = 0 ] || fail "the database is not empty: make a new one (createdb), so that nothing is mixed or lost"
mkdir -p "$blobs/sha256"
count=0
while IFS= read -r -d '' file; do
  restore_blob "$file"
  count=$((count + 1))
done < <(find "$from/blobs/sha256" -type f ! -name '*.new' -print0)
[ "$(id -u)" != 0 ] || chown -R --reference="$blobs" "$blobs/sha256"
pg_restore --single-transaction --exit-on-error --no-owner --no-privileges --dbname="$database" "$dump" || fail "pg_restore failed: the database is as it was"
echo "restored $dump and $count blobs; next: ventral-migrate up, then start the server"
