#!/bin/sh
# Runs a command that may do everything, where no admin can come in any more: against a server of its own, with accounts off, on a socket that this
# container alone has. It has the service's database and blobs, and ends with the command; the service goes on meanwhile.
#   without_accounts.sh COMMAND…      such as: without_accounts.sh ventral admin token create admin
# Who may start programs in the server's container has the database's password, too: nothing is opened that was closed.
set -eu
folder=$(mktemp -d)
ventral-server --accounts off --listen "unix:$folder/socket" --log-level error &
server=$!
trap 'kill "$server" 2> /dev/null || true; wait "$server" || true; rm -rf "$folder"' EXIT
unset VENTRAL_TOKEN VENTRAL_TOKEN_FILE VENTRAL_TLS_CA VENTRAL_TLS_CERT VENTRAL_TLS_KEY
export VENTRAL_SERVER="unix:$folder/socket"
until ventral health > /dev/null 2>&1; do
  kill -0 "$server" 2> /dev/null || { echo "error: the server above ended" >&2; exit 1; }
  sleep 0.2
done
"$@"
