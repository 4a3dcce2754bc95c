#!/bin/bash
# deploy/private_postgres.sh: starts once, keeps its data, and comes back after a crash and after a boot that
# gave its old process number to another program. Usage: private_postgres_test.sh SOURCE_ROOT
set -euo pipefail
script=$1/deploy/private_postgres.sh
scratch=$(mktemp -d)
chmod 711 "$scratch"
bystander=''
trap 'kill $bystander 2> /dev/null || true; "$script" remove "$folder" > /dev/null 2>&1 || true; rm -rf "$scratch"' EXIT

fail() { echo "FAILED: $*"; exit 1; }
# expect WHAT PATTERN command…
expect() {
  local what=$1 pattern=$2 output status=0
  shift 2
  output=$("$@" 2>&1) || status=$?
  [[ "$status $output" =~ $pattern ]] || fail "$what: expected '$pattern', got '$status $output'"
  echo "ok: $what"
}
ask() { psql "$("$script" url "$folder")" -XAtc "$1"; }
postmaster() { head -n 1 "$folder/data/postmaster.pid"; }
# Until no process stands in the data folder: a killed postmaster's children end by themselves.
wait_for_the_end() {
  local i
  for ((i = 0; i < 300; i++)); do
    [ -z "$(find /proc -maxdepth 2 -name cwd -lname "$(readlink -f "$folder/data")" 2> /dev/null)" ] && return 0
    sleep 0.1
  done
  fail "the children of a killed postmaster do not end"
}

# A folder whose name needs care, and whose socket would have too long a path.
folder="$scratch/a state folder, with 100% of the odd characters and a name that is rather long, as names go/postgres"
expect "no cluster yet" '^4 missing$' "$script" status "$folder"
expect "no address yet" '^1 error: there is no cluster' "$script" url "$folder"
expect "nothing to stop" '^0 not running$' "$script" stop "$folder"
expect "start" '^0 started' "$script" start "$folder" --fast
expect "start again" '^0 running already$' "$script" start "$folder"
expect "status" '^0 running$' "$script" status "$folder"
expect "the caller may use it" '^0 ventral$' ask 'SELECT current_user'
expect "no TCP" '^0 $' ask 'SHOW listen_addresses'
expect "a table" '^0 CREATE TABLE$' ask 'CREATE TABLE kept (x integer)'
socket=$(ask 'SHOW unix_socket_directories')
expect "the socket's folder is closed to others" '^0 700$' stat -c %a "$socket"
expect "stop" '^0 stopped$' "$script" stop "$folder"
expect "stop again" '^0 not running$' "$script" stop "$folder"
expect "status of a stopped one" '^3 stopped$' "$script" status "$folder"
expect "start after a stop" '^0 started' "$script" start "$folder"
expect "data is kept" '^0 0$' ask 'SELECT count(*) FROM kept'

kill -KILL "$(postmaster)"
wait_for_the_end
expect "status after a crash" '^3 stopped$' "$script" status "$folder"
expect "start after a crash" '^0 started' "$script" start "$folder"
expect "data survives a crash" '^0 0$' ask 'SELECT count(*) FROM kept'

kill -KILL "$(postmaster)"
wait_for_the_end
sleep 600 &
bystander=$!
for lock in "$folder/data/postmaster.pid" "$socket"/.*.lock; do sed -i "1s/.*/$bystander/" "$lock"; done
expect "another program's number is not ours" '^3 stopped$' "$script" status "$folder"
expect "start after a boot" '^0 started' "$script" start "$folder"
kill -0 "$bystander" || fail "the bystander was killed"
expect "data survives a boot" '^0 0$' ask 'SELECT count(*) FROM kept'

expect "remove" '^0 stopped$' "$script" remove "$folder"
[ ! -e "$folder" ] || fail "remove left $folder"
[ ! -e "$socket" ] || fail "remove left $socket"
for wrong in '' 'start' 'restart x' 'start a b' 'start --slow x'; do
  # shellcheck disable=SC2086
  expect "wrong arguments: '$wrong'" '^2 ' "$script" $wrong
done
expect "a quote in the name" "^1 error: .*quote" "$script" start "$scratch/it's"
