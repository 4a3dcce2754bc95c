#!/bin/bash
# A backup of the whole service while it runs: the database, and every blob that it names.
set -euo pipefail

usage() {
  cat << 'EOT'
  deploy/backup.sh --database URL --blobs FOLDER --out FOLDER

  --database  PostgreSQL, as the server has it [VENTRAL_DATABASE]; a password belongs in ~/.pgpass
  --blobs     the server's blob folder; a bucket (s3://…) is refused, and what to do instead is said
  --out       FOLDER/database-TIME.dump is new each time; FOLDER/blobs is shared by all of them and gets what it lacks

The database comes first, the blobs after it: a blob is stored before the row that names it and never changes, so every blob that a dumped
row names is there when the copying begins. (The other way round, a row that came in between would name a blob that is in no backup.)
At the end, each digest in the dump is held against the copies. What deleted models and packs alone name may be gone, and is noted: with
--collect-after-hours the server removes it, --keep-deleted-days and a day after the deletion.

Exit codes: 0 all is there; 1 it is not, and standard error says what; 2 wrong arguments.
EOT
}

fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

# Blobs in a bucket: versions and replication keep them better than copies through this machine could.
refuse_bucket() {
  case "$blobs" in
    s3://*) fail "--blobs $blobs: a bucket's blobs are not copied. Turn on its versioning and, to another place, replication; keep dumps of the database by pg_dump, as long as old versions are kept (docs/operations.md, \"Backup with a bucket\")" ;;
    file:///*) blobs=${blobs#file://} ;;
    *://*) fail "--blobs $blobs: wanted is a folder" ;;
  esac
}

# copy_blob FILE DIGEST: whole or not at all, and only when its bytes have the digest.
copy_blob() {
  local file=$1 digest=$2 to="$out/blobs/sha256/${2:0:2}/$2" found
  [ ! -e "$to" ] || return 0
  mkdir -p "${to%/*}"
  # Set aside or removed by hand since it was listed: the check at the end knows whether it is missed.
  cp "$file" "$to.new" 2> /dev/null || { [ ! -e "$file" ] || fail "cannot copy $file to $to"; return 0; }
  found=$(sha256sum "$to.new" | cut -d ' ' -f 1)
  if [ "$found" != "$digest" ]; then
    rm -f "$to.new"
    echo "damaged: $file has the digest $found" >&2
    return 0
  fi
  sync "$to.new"
  mv "$to.new" "$to"
  copied=$((copied + 1))
}

copy_blobs() {
  local file
  rm -rf "$out"/blobs/sha256/*/*.new
  while IFS= read -r -d '' file; do copy_blob "$file" "${file##*/}"; done < <(find "$blobs/sha256" -type f -print0)
}

# rows TABLE COLUMN COLUMN: these two of each row, as the dump has them. \N is NULL, and what a schema of before has no column for.
rows() {
  pg_restore --data-only --table="$1" --file=- "$dump.incomplete" | awk -F '\t' -v first="$2" -v second="$3" '
    !reading && /^COPY / { names = $0; sub(/^[^(]*\(/, "", names); sub(/\).*/, "", names); n = split(names, column, /, */)
                           a = b = 0; for (i = 1; i <= n; ++i) { if (column[i] == first) a = i; if (column[i] == second) b = i }
                           reading = 1; next }
    /^\\\.$/ { reading = 0 }
    reading { print (a ? $a : "\\N") "\t" (b ? $b : "\\N") }'
}

# names TABLE ID OWNERS: a line "DIGEST TABLE" for each digest that TABLE names, or "DIGEST deleted" where its owner, a row of OWNERS with
# the same ID, is deleted. The collector (server/collector.h) may have removed the files of those.
names() {
  rows "$1" "$2" sha256 > "$scratch/names" && rows "$3" "$2" deleted > "$scratch/owners" || fail "$dump.incomplete cannot be read"
  awk -F '\t' -v table="$1" '
    owners { if ($2 != "\\N") deleted[$1] = 1; next }
    { print $2, $1 in deleted ? "deleted" : table }' owners=1 "$scratch/owners" owners=0 "$scratch/names"
}

# Those lines of a list whose blob is not in the backup.
lacks() {
  local digest table
  while read -r digest table; do [ -e "$out/blobs/sha256/${digest:0:2}/$digest" ] || echo "$digest $table"; done
}

check() {
  local digest table gone status=0
  { names checkpoints model_id models && names pack_files pack_id pack_policies; } > "$scratch/named"
  sort -u "$scratch/named" | lacks > "$scratch/lacking"
  while read -r digest table; do
    [ "$table" != deleted ] || continue
    echo "missing: the blob $digest, which the table $table names" >&2
    status=1
  done < "$scratch/lacking"
  gone=$(grep -c ' deleted$' "$scratch/lacking" || true)
  [ "$gone" = 0 ] || echo "note: $gone blob(s) that a deleted model or pack names are not kept any more" >&2
  # These may be removed by hand (docs/operations.md): scores stay without them.
  rows job_grams sha256 sha256 > "$scratch/grams" || fail "$dump.incomplete cannot be read"
  sort -u "$scratch/grams" | lacks > "$scratch/lacking"
  while read -r digest table; do echo "note: the Grams $digest are not kept any more" >&2; done < "$scratch/lacking"
  return "$status"
}

database=${VENTRAL_DATABASE:-} blobs='' out=''
while [ $# -gt 0 ]; do
  case "$1" in
    -h | --help) usage; exit 0 ;;
    --database | --blobs | --out) [ $# -gt 1 ] || { usage >&2; exit 2; }; printf -v "${1#--}" '%s' "$2"; shift 2 ;;
    *) usage >&2; exit 2 ;;
  esac
done
if [ -z "$database" ] || [ -z "$blobs" ] || [ -z "$out" ]; then usage >&2; exit 2; fi
refuse_bucket
[ -d "$blobs/sha256" ] || fail "$blobs is no blob folder: it has no sha256 in it"
umask 077
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$out/blobs/sha256"
dump=$out/database-$(date -u +%Y%m%dT%H%M%SZ).dump
[ ! -e "$dump" ] || fail "$dump is there already: try again in a second"
pg_dump --format=custom --no-owner --no-privileges --file="$dump.incomplete" --dbname="$database" ||
  fail "pg_dump failed: there is no backup"
sync "$dump.incomplete"
copied=0
copy_blobs
check || fail "the server lacks what is named above, or has it damaged: $dump.incomplete is no backup"
mv "$dump.incomplete" "$dump"
echo "$dump and $copied new blobs"
