#!/bin/bash
# Makes the cluster once, with the user, database and password of POSTGRES_…, and serves. While it is being made it answers on its socket only.
set -euo pipefail
data=/var/lib/postgresql/data
# Its socket is in /tmp: podman 4 gives /run to root where the root file system is read-only.
if [ ! -s "$data/PG_VERSION" ]; then
  # shellcheck disable=SC2086
  initdb --pgdata "$data" --username "$POSTGRES_USER" --pwfile "$POSTGRES_PASSWORD_FILE" --auth-host scram-sha-256 --auth-local trust $POSTGRES_INITDB_ARGS
  echo 'host all all all scram-sha-256' >> "$data/pg_hba.conf"
  pg_ctl start --pgdata "$data" --wait --options "-c listen_addresses='' -c unix_socket_directories=/tmp"
  createdb --host /tmp --username "$POSTGRES_USER" "$POSTGRES_DB"
  pg_ctl stop --pgdata "$data" --mode fast
fi
exec postgres -D "$data" -c 'listen_addresses=*' -c unix_socket_directories=/tmp
