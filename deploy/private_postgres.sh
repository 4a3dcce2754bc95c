#!/bin/bash
# A private PostgreSQL cluster under a folder: no TCP port, only a socket in a folder that nobody else
# may enter, so that no password is needed and a server on 5432 is never met.
set -euo pipefail

usage() {
  cat << 'EOT'
  private_postgres.sh start DIR [--fast]  make the cluster where it is missing, and start it; does nothing when
                                          it runs. --fast gives durability up for speed: for tests only
  private_postgres.sh stop DIR            stop it; the data stays
  private_postgres.sh status DIR          running, stopped or missing; exit 0 only when it runs
  private_postgres.sh url DIR             what to hand to --database
  private_postgres.sh remove DIR          stop it and remove its data

As root, the cluster belongs to the unprivileged user postgres (or ventral, which is then made), as
PostgreSQL refuses to run as root. Where that user cannot reach DIR, the data lies in /var/lib/ventral and
DIR/data points there.
Environment: VENTRAL_POSTGRES_BIN, a folder with initdb and pg_ctl (default: the newest that fits).
EOT
}

fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

# The user that owns the cluster: the caller, but never root.
choose_owner() {
  owner=$(id -un)
  [ "$(id -u)" = 0 ] || return 0
  owner=postgres
  getent passwd postgres > /dev/null && return 0
  owner=ventral
  getent passwd ventral > /dev/null || useradd --system --no-create-home --shell /usr/sbin/nologin ventral
}

# Descriptor 9 is the lock: a server that inherited it would hold it for ever.
as_owner() {
  if [ "$(id -un)" = "$owner" ]; then
    "$@" 9>&-
  else
    (cd / && HOME=/ setpriv --reuid "$owner" --regid "$(id -g "$owner")" --init-groups -- "$@" 9>&-)
  fi
}

# One short name a DIR, for folders outside of it.
name_of() { printf '%s' "$dir" | sha256sum | cut -c 1-16; }

# Longest socket path that Linux takes is 107 bytes.
choose_socket_folder() {
  sockets=$dir/socket
  if [ -L "$data" ] || [ $((${#sockets} + 14)) -gt 107 ]; then sockets=/tmp/ventral-postgres-$(name_of); fi
}

# Makes a folder that is the owner's alone, and refuses one that another user made first.
own_folder() {
  mkdir -p "$1"
  if [ -L "$1" ] || { [ "$(stat -c %U "$1")" != "$owner" ] && ! { [ "$(id -u)" = 0 ] && [ -O "$1" ]; }; }; then
    fail "$1 belongs to somebody else: remove it, or choose another folder"
  fi
  if [ "$(id -u)" = 0 ]; then chown "$owner" "$1"; fi
  chmod 700 "$1"
}

# Where the data really lies: the owner may be unable to follow DIR/data.
place() { readlink -m "$data"; }

# The binaries of the version that made the data, else the newest.
find_binaries() {
  local wanted='*' candidate
  if [ -n "${VENTRAL_POSTGRES_BIN:-}" ]; then bin=$VENTRAL_POSTGRES_BIN; return 0; fi
  if [ -e "$data/PG_VERSION" ]; then wanted=$(cat "$data/PG_VERSION"); fi
  # shellcheck disable=SC2086
  for candidate in $(ls -d /usr/lib/postgresql/$wanted/bin 2> /dev/null | sort -rV); do
    if [ -x "$candidate/initdb" ]; then bin=$candidate; return 0; fi
  done
  if [ "$wanted" != '*' ]; then
    fail "$dir was made by PostgreSQL $wanted, which is not installed: install postgresql-$wanted, or remove $dir"
  fi
  bin=$(dirname "$(command -v initdb || true)")
  [ -x "$bin/initdb" ] || fail "PostgreSQL is not installed: apt-get install postgresql, or set VENTRAL_POSTGRES_BIN"
}

# The pid in the first line of a lock file, when a process of this very cluster has it: postmaster and
# backends all stand in the data folder. After a boot the number may be another program's.
is_running() {
  local pid
  pid=$(head -n 1 "$data/postmaster.pid" 2> /dev/null) || return 1
  [ -n "$pid" ] && [ "$(readlink "/proc/$pid/cwd" 2> /dev/null)" = "$(place)" ]
}

has_orphans() {
  [ -n "$(find /proc -maxdepth 2 -name cwd -lname "$(place)" 2> /dev/null | head -n 1)" ]
}

forget_stale_locks() {
  if has_orphans; then return 0; fi  # PostgreSQL itself waits for these, or says why not
  rm -f "$data/postmaster.pid" "$sockets"/.s.PGSQL.5432 "$sockets"/.s.PGSQL.5432.lock
}

# In DIR, or, where the owner cannot reach it, in /var/lib/ventral: data of an earlier DIR of this name is found again.
make_place() {
  if [ -e "$data" ]; then return 0; fi
  if as_owner test -x "$dir"; then
    own_folder "$data"
  else
    mkdir -p /var/lib/ventral
    own_folder "/var/lib/ventral/$(name_of)"
    ln -sfn "/var/lib/ventral/$(name_of)" "$data"
  fi
}

make_cluster() {
  if ! as_owner "$bin/initdb" --pgdata "$(place)" --username ventral --encoding UTF8 --locale C.UTF-8 \
    --auth-local trust --auth-host reject $([ -z "$fast" ] || echo --no-sync) > "$dir/initdb.log" 2>&1; then
    cat "$dir/initdb.log" >&2
    fail "initdb failed; its output is above"
  fi
  as_owner sh -c 'echo "include '\''ventral.conf'\''" >> "$1/postgresql.conf"' sh "$(place)"
}

write_settings() {
  {
    echo "listen_addresses = ''"
    echo "port = 5432"  # only part of the socket's name
    echo "unix_socket_directories = '$sockets'"
    echo "unix_socket_permissions = 0700"
    if [ -n "$fast" ]; then
      printf '%s\n' 'fsync = off' 'synchronous_commit = off' 'full_page_writes = off' 'max_connections = 200'
    fi
  } | as_owner sh -c 'cat > "$1/ventral.conf"' sh "$(place)"
}

start() {
  if is_running; then echo "running already"; return 0; fi
  make_place
  # An initdb that was cut short left no ventral.conf, and nothing worth keeping.
  if [ ! -e "$data/ventral.conf" ]; then
    as_owner find "$(place)" -mindepth 1 -delete
    make_cluster
  fi
  choose_socket_folder
  own_folder "$sockets"
  forget_stale_locks
  write_settings
  if ! as_owner "$bin/pg_ctl" start --pgdata "$(place)" --wait --timeout 60 --silent --log "$(place)/server.log"; then
    tail -n 20 "$data/server.log" >&2
    fail "PostgreSQL did not start; its log is $data/server.log"
  fi
  if ! as_owner "$bin/psql" -XAtq -h "$sockets" -U ventral -d postgres \
    -c "SELECT 1 FROM pg_database WHERE datname = 'ventral'" | grep -qx 1; then
    as_owner "$bin/createdb" -h "$sockets" -U ventral ventral
  fi
  echo "started, log $data/server.log"
}

stop() {
  if ! is_running; then echo "not running"; return 0; fi
  as_owner "$bin/pg_ctl" stop --pgdata "$(place)" --mode fast --wait --timeout 60 --silent ||
    fail "PostgreSQL did not stop; its log is $data/server.log"
  echo "stopped"
}

remove() {
  if [ ! -e "$data" ] && [ ! -L "$data" ]; then echo "missing"; return 0; fi
  stop
  rm -rf "$(place)" "$data" "$sockets" "$dir/initdb.log" "$dir/lock"
  rmdir "$dir" 2> /dev/null || true
}

status() {
  if is_running; then echo "running"; return 0; fi
  if [ -e "$data/PG_VERSION" ]; then echo "stopped"; return 3; fi
  echo "missing"
  return 4
}

# The folder of the socket, with all but plain characters as %XX.
url() {
  [ -e "$data/PG_VERSION" ] || fail "there is no cluster in $dir: private_postgres.sh start $dir"
  local encoded='' character i
  for ((i = 0; i < ${#sockets}; i++)); do
    character=${sockets:i:1}
    case "$character" in
      [A-Za-z0-9/._-]) encoded+=$character ;;
      *) encoded+=$(printf '%s' "$character" | od -An -tx1 | tr ' ' '%' | tr -d '\n') ;;
    esac
  done
  echo "postgresql://ventral@/ventral?host=$encoded"
}

command='' dir='' fast=''
for argument in "$@"; do
  case "$argument" in
    -h | --help) usage; exit 0 ;;
    --fast) fast=yes ;;
    -*) usage >&2; exit 2 ;;
    *) if [ -z "$command" ]; then command=$argument; elif [ -z "$dir" ]; then dir=$argument; else usage >&2; exit 2; fi ;;
  esac
done
case "$command" in start | stop | status | url | remove) ;; *) usage >&2; exit 2 ;; esac
[ -n "$dir" ] || { usage >&2; exit 2; }
dir=$(realpath -m "$dir")
case "$dir" in *\'*) fail "$dir: a quote in the folder's name would end a setting of PostgreSQL; choose another" ;; esac
data=$dir/data
choose_owner
choose_socket_folder
if [ "$command" = start ]; then mkdir -p "$dir"; fi
if [ "$command" != url ] && [ -d "$dir" ]; then
  exec 9> "$dir/lock"
  flock 9
fi
case "$command" in start | stop | remove) if [ -d "$dir" ]; then find_binaries; fi ;; esac
"$command"
