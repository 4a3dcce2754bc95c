# Sourced by quickstart.sh: the private PostgreSQL, the server and the worker, started and stopped.
# A pid file holds "pid start-time", so that a number that the system gave to another process since is
# never signalled.

process_start_time() { awk '{ sub(/.*\) /, ""); print $20 }' "/proc/$1/stat" 2> /dev/null; }

is_running() {
  local pid started
  read -r pid started 2> /dev/null < "$VENTRAL_STATE/$1.pid" || return 1
  [ -n "$pid" ] && [ "$(process_start_time "$pid")" = "$started" ]
}

# start_process NAME program argument…
start_process() {
  local name=$1 log="$VENTRAL_LOGS/$1.log" pid
  shift
  mkdir -p "$VENTRAL_LOGS"
  setsid nohup "$@" >> "$log" 2>&1 < /dev/null &
  pid=$!
  echo "$pid $(process_start_time "$pid")" > "$VENTRAL_STATE/$name.pid"
}

# SIGTERM, and SIGKILL when it has not ended after 30 seconds.
stop_process() {
  local name=$1 pid started waited=0
  if is_running "$name"; then
    read -r pid started < "$VENTRAL_STATE/$name.pid"
    printf -- '- stop %s … ' "$name"
    kill -TERM "$pid"
    while is_running "$name" && [ "$waited" -lt 300 ]; do
      sleep 0.1
      waited=$((waited + 1))
    done
    ! is_running "$name" || kill -KILL "$pid"
    printf 'done\n'
  fi
  rm -f "$VENTRAL_STATE/$name.pid"
}

private_postgres() { bash "$VENTRAL_ROOT/deploy/private_postgres.sh" "$@" "$VENTRAL_STATE/postgres"; }

port_is_taken() { (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null; }

free_port() {
  local port=$1
  while port_is_taken "$port"; do port=$((port + 1)); done
  echo "$port"
}

# wait_for FILE NAME: until the file is there, or its process has ended.
wait_for() {
  local waited=0
  until [ -s "$1" ]; do
    is_running "$2" || { tail -n 20 "$VENTRAL_LOGS/$2.log" >&2; fail "$2 ended at once; its log is $VENTRAL_LOGS/$2.log"; }
    [ "$waited" -lt 600 ] || fail "$2 does not answer after 60 s; its log is $VENTRAL_LOGS/$2.log"
    sleep 0.1
    waited=$((waited + 1))
  done
}

ventral() { "$VENTRAL_BIN/ventral" "$@"; }

# What `ventral` is told of this service by VENTRAL_CONFIG: where it is, and who asks.
write_config() {
  printf 'server = %s\ntoken_file = admin-token\n' "$VENTRAL_SERVER" > "$VENTRAL_STATE/config"
  export VENTRAL_CONFIG=$VENTRAL_STATE/config
}

make_worker_token() {
  ventral admin user create worker --role worker
  ventral admin token create worker --for quickstart --out "$VENTRAL_STATE/worker-token"
}

start_everything() {
  # Those of another service are nothing to this one.
  unset VENTRAL_TOKEN VENTRAL_TOKEN_FILE VENTRAL_TLS_CA VENTRAL_TLS_CERT VENTRAL_TLS_KEY VENTRAL_TLS_CLIENT_CA
  step "start a private PostgreSQL" private_postgres start
  local database
  database=$(private_postgres url)
  step "migrate the database" "$VENTRAL_BIN/ventral-migrate" up --database "$database"
  local address_file="$VENTRAL_STATE/server.address"
  if is_running server; then
    say "- server: running at $(cat "$address_file")"
  else
    rm -f "$address_file"
    # The database's address goes through the environment: a command line is for all to read.
    VENTRAL_DATABASE=$database start_process server "$VENTRAL_BIN/ventral-server" --blobs "$VENTRAL_STATE/blobs" \
      --listen "127.0.0.1:$(free_port "${VENTRAL_PORT:-7411}")" --address-file "$address_file" \
      --admin-token-file "$VENTRAL_STATE/admin-token"
    wait_for "$address_file" server
    say "- server: started at $(cat "$address_file"), log $VENTRAL_LOGS/server.log"
  fi
  VENTRAL_SERVER=$(cat "$address_file")
  export VENTRAL_SERVER
  write_config
  [ -e "$VENTRAL_STATE/worker-token" ] || step "make a token for the worker" make_worker_token
  if is_running worker; then
    say "- worker: running"
  else
    start_process worker "$VENTRAL_BIN/ventral-worker" --server "$VENTRAL_SERVER" --cache "$VENTRAL_STATE/cache" \
      --token-file "$VENTRAL_STATE/worker-token"
    say "- worker: started, log $VENTRAL_LOGS/worker.log"
  fi
}

stop_everything() {
  stop_process worker
  stop_process server
  if [ -d "$VENTRAL_STATE/postgres" ]; then
    printf -- '- stop the private PostgreSQL … '
    private_postgres stop > /dev/null
    printf 'done\n'
  fi
}

purge_state() {
  [ -e "$VENTRAL_STATE" ] || return 0
  [ -e "$VENTRAL_STATE/.ventral-state" ] || fail "$VENTRAL_STATE was not made by quickstart.sh: not removed"
  # Under a closed home folder the data lies outside of the state folder.
  private_postgres remove > /dev/null
  rm -rf "$VENTRAL_STATE"
  say "- removed $VENTRAL_STATE"
}
