#!/bin/bash
# From a fresh Debian or Ubuntu to a leaderboard: set-up, build, a private PostgreSQL, one server, one
# worker, packs, checkpoints, scores. Can be run again; touches no service that it did not start.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
source "$VENTRAL_ROOT/deploy/demo.sh"
source "$VENTRAL_ROOT/deploy/processes.sh"

usage() {
  cat << 'EOT'
Sets Ventral up and scores networks against brains, on this machine.

  deploy/quickstart.sh            set up, build, start, publish packs, submit checkpoints, leaderboard
  deploy/quickstart.sh --down     stop what it started, and nothing else
  deploy/quickstart.sh --purge    stop, and remove the state folder: database, blobs, logs, packs
  deploy/quickstart.sh --no-demo  set up, build and start only

Environment:
  VENTRAL_STATE        state folder (default: .state in the checkout)
  VENTRAL_BIN          programs that are built already, to use instead of building
  VENTRAL_PORT         port of the server (default 7411; the next free one when it is taken)
  VENTRAL_OFFLINE      not empty: download no packs
  CMAKE_PREFIX_PATH    a LibTorch to build with, instead of the torch wheel
  VENTRAL_VENV, VENTRAL_PYTHON, VENTRAL_PIP_ARGS   see deploy/setup.sh
EOT
}

VENTRAL_STATE=${VENTRAL_STATE:-$VENTRAL_ROOT/.state}
VENTRAL_LOGS=$VENTRAL_STATE/logs
demo=yes
case "${1:-}" in
  "") ;;
  --no-demo) demo=no ;;
  --down) stop_everything; exit 0 ;;
  --purge) stop_everything; purge_state; exit 0 ;;
  -h | --help) usage; exit 0 ;;
  *) usage >&2; exit 2 ;;
esac

say "Ventral quickstart; state and logs in $VENTRAL_STATE"
mkdir -p "$VENTRAL_STATE"
touch "$VENTRAL_STATE/.ventral-state"  # what --purge looks for before it removes anything
ensure_packages "${VENTRAL_PACKAGES[@]}"
ensure_python "$VENTRAL_ROOT/client/python/requirements.txt"
if [ -z "${VENTRAL_BIN:-}" ]; then
  step "build release programs" build_preset release
  VENTRAL_BIN=$VENTRAL_ROOT/build/bin
fi
start_everything
[ "$demo" = no ] || run_demo
say_what_next
