#!/bin/sh
# Run once by compose, before anything else: the database's password, made here and kept in two volumes only.
# An existing one is left alone.
set -eu
umask 077
server=/run/ventral/database postgres=/run/ventral/postgres
if [ -s "$server/pgpass" ] && [ -s "$postgres/password" ]; then
  echo "the database's password is there"
  exit 0
fi
password=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
printf '%s' "$password" > "$postgres/password.new"
# Its folder is a volume of PostgreSQL's alone, whose user is another.
chmod 444 "$postgres/password.new"
mv "$postgres/password.new" "$postgres/password"
printf '*:*:*:*:%s\n' "$password" > "$server/pgpass.new"
mv "$server/pgpass.new" "$server/pgpass"
echo "made the database's password"
