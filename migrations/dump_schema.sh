#!/bin/bash
# The schema of a database, without what depends on the version of pg_dump.
# dump_schema.sh            rewrites schema.expected.sql from the migrations, in a cluster of its own
# dump_schema.sh CONNINFO   prints the schema of that database, but for the log of migrations
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# pg_dump's greeting, settings, comments and \restrict lines differ from version to version.
dump() {
  pg_dump --schema-only --no-owner --no-privileges --exclude-table=ventral_migrations "$1" |
    grep -vE '^(--|SET |SELECT pg_catalog\.set_config|\\(un)?restrict )' | cat -s | sed '1{/^$/d}'
}

if [ "$#" = 1 ]; then
  dump "$1"
  exit 0
fi
postgres=$here/../deploy/private_postgres.sh
folder=$(mktemp -d)
chmod 711 "$folder"
trap '"$postgres" remove "$folder/cluster" > /dev/null; rm -rf "$folder"' EXIT
"$postgres" start "$folder/cluster" --fast > /dev/null
database=$("$postgres" url "$folder/cluster")
for file in "$here"/[0-9]*.up.sql; do
  psql "$database" --quiet --single-transaction --set ON_ERROR_STOP=1 --file "$file"
done
dump "$database" > "$here/schema.expected.sql"
echo "wrote $here/schema.expected.sql"
