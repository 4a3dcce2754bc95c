#!/bin/bash
# The tests of server, store, daemon and client, each program built with a sanitizer.
# Usage: run.sh tsan|asan-ubsan [ctest argument…]        such as: run.sh tsan -R JobQueue
# Exit status: 0 all passed and no sanitizer wrote a word.
set -euo pipefail
case "${1:-}" in
  tsan | asan-ubsan) preset=$1 ;;
  *) sed -n '2,4s/^# //p' "$0" >&2 && exit 2 ;;
esac
shift
source "$(dirname "${BASH_SOURCE[0]}")/../../deploy/setup.sh"
VENTRAL_LOGS=$VENTRAL_ROOT/build/logs
jobs=${VENTRAL_JOBS:-$(nproc)}
# Not those with a sealed process, which cannot report: what it runs is run in the open by those of LibTorch.
programs=(
  accounts_test blob_rights_test catalogue_test job_queue_test leaderboard_test migrate_test pack_policy_test
  quotas_test rescoring_test scores_test store_test worker_registry_test
  http_test rpc_test service_test store_unit_test disk_store_test blob_store_test s3_parts_test daemon_test client_test
  client_cli_test protocol_test report_proto_test base_test pack_test packbuild_test inference_test metrics_test
)
# LibTorch is not instrumented: what its threads hand to each other would be a race to the thread sanitizer.
[ "$preset" = tsan ] || programs+=(network_test features_test evaluation_test)
ensure_packages "${VENTRAL_PACKAGES[@]}" libgtest-dev libgmock-dev
ensure_python "$VENTRAL_ROOT/tests/requirements.txt"
cd "$VENTRAL_ROOT"
build() {
  cmake --preset "$preset" -DCMAKE_PREFIX_PATH="$VENTRAL_TORCH_PREFIX" -DVENTRAL_PYTHON="$VENTRAL_PYTHON"
  cmake --build --preset "$preset" -j "$jobs" --target "${programs[@]}"
}
step "build $preset" build
status=0
ctest --preset "$preset" -j "$jobs" -L '^(unit|db|rpc)$' -E '_NOT_BUILT$|^(private_postgres|network.fixtures|fuzz.corpus)$' "$@" || status=$?
# A child that a test started may have reported, and its exit status be nobody's concern.
log=build/$preset/Testing/Temporary/LastTest.log
if grep -nE 'WARNING: ThreadSanitizer|ERROR: (Address|Leak)Sanitizer|: runtime error: ' "$log"; then
  fail "a sanitizer has reported: see $log"
fi
exit "$status"
