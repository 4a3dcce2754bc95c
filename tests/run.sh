#!/bin/bash
# Does all the set-up, builds with warnings as errors, and runs every test through ctest.
# tests/run.sh [ctest argument…], such as: tests/run.sh -L unit
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../deploy/setup.sh"
if [ "${1:-}" = --help ] || [ "${1:-}" = -h ]; then
  cat << 'EOT'
Installs what is missing, builds build/dev, and runs the tests.

  tests/run.sh                      everything
  tests/run.sh -L unit              one label: unit db rpc sandbox fuzz conformance layers e2e deploy
  tests/run.sh -R Ridge             tests whose name matches
  VENTRAL_PRESET=asan-ubsan tests/run.sh     another preset: dev asan-ubsan tsan core-only

Environment: VENTRAL_VENV (where the Python packages go), VENTRAL_PYTHON (a Python with torch to use
instead), CMAKE_PREFIX_PATH (a LibTorch to use), VENTRAL_PIP_ARGS (arguments for pip install).
EOT
  exit 0
fi
preset=${VENTRAL_PRESET:-dev}
VENTRAL_LOGS=$VENTRAL_ROOT/build/logs

# faketime: a clock that jumps, for tests/chaos; clang: libFuzzer, for tests/fuzz
packages=("${VENTRAL_PACKAGES[@]}" libgtest-dev libgmock-dev faketime clang libclang-rt-dev)
command -v npm > /dev/null || packages+=(nodejs npm)  # for buf, which holds the protos to their contract
ensure_packages "${packages[@]}"
ensure_python "$VENTRAL_ROOT/tests/requirements.txt"
step "build $preset" build_preset "$preset" -DVENTRAL_PYTHON="$VENTRAL_PYTHON"
[ -d "$VENTRAL_ROOT/../shared/data" ] ||
  say "- no ../shared beside this checkout: tests on real recordings and networks are skipped, and say so"
cd "$VENTRAL_ROOT"
exec ctest --preset "$preset" -j "$(nproc)" "$@"
