# Sourced by quickstart.sh and tests/run.sh: what must be there before anything can be built.
# Sets VENTRAL_PYTHON (with torch) and VENTRAL_TORCH_PREFIX (a CMAKE_PREFIX_PATH with LibTorch).

VENTRAL_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# Debian 12 and Ubuntu 24.04 name all of these alike.
VENTRAL_PACKAGES=(g++ cmake ninja-build ccache mold pkg-config git ca-certificates
  libgrpc++-dev protobuf-compiler protobuf-compiler-grpc libprotobuf-dev libpqxx-dev libspdlog-dev
  libeigen3-dev libcli11-dev libcpp-httplib-dev prometheus-cpp-dev nlohmann-json3-dev libvalijson-dev libcsv-dev libseccomp-dev libssl-dev
  libcurl4-openssl-dev libpugixml-dev libjpeg-dev libpng-dev libmatio-dev libzip-dev postgresql postgresql-client
  python3-venv python3-dev)
# Any LibTorch 2.x that CMAKE_PREFIX_PATH names is taken instead of this wheel.
VENTRAL_TORCH=torch==2.13.0

say() { printf '%s\n' "$*"; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

# step "what" command…: says what it does, how long it took, and, when it fails, where its log is.
step() {
  local what=$1 log start status=0
  shift
  log="$VENTRAL_LOGS/$(printf '%s' "$what" | tr -c 'A-Za-z0-9\n' '_').log"
  mkdir -p "$VENTRAL_LOGS"
  start=$(date +%s.%N)
  printf -- '- %s … ' "$what"
  "$@" > "$log" 2>&1 < /dev/null || status=$?
  if [ "$status" != 0 ]; then
    printf 'failed\n'
    tail -n 25 "$log" >&2
    fail "$what failed; the whole log is $log"
  fi
  printf '%s s\n' "$(awk -v a="$start" -v b="$(date +%s.%N)" 'BEGIN { printf "%.1f", b - a }')"
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo > /dev/null; then
    sudo -n "$@"
  else
    fail "installing packages needs root: run as root, or install sudo, or install by hand: $*"
  fi
}

missing_packages() {
  local name
  for name in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2> /dev/null)" = installed ] || echo "$name"
  done
}

# Debian's postgresql package makes and starts a cluster on 5432 when it is installed; ours is private,
# so that one is not made where the package comes with us. A cluster that is there is left alone.
install_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  [ "${#missing[@]}" = 0 ] && return 0
  if printf '%s\n' "${missing[@]}" | grep -qx postgresql; then
    as_root mkdir -p /etc/postgresql-common
    [ -e /etc/postgresql-common/createcluster.conf ] ||
      echo 'create_main_cluster = false' | as_root tee /etc/postgresql-common/createcluster.conf > /dev/null
  fi
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
}

ensure_packages() {
  if [ -z "$(missing_packages "$@")" ]; then
    say "- Debian packages: all there"
  else
    step "install Debian packages" install_packages "$@"
  fi
}

# The Python with torch: VENTRAL_PYTHON if it has it, else a venv of our own (VENTRAL_VENV).
# ensure_python FILE: with the packages of this requirements file beside torch.
ensure_python() {
  if [ -n "${VENTRAL_PYTHON:-}" ]; then
    "$VENTRAL_PYTHON" -c 'import torch' 2> /dev/null ||
      fail "VENTRAL_PYTHON=$VENTRAL_PYTHON has no torch: install it there, or unset VENTRAL_PYTHON"
  else
    local venv=${VENTRAL_VENV:-$VENTRAL_ROOT/.venv}
    VENTRAL_PYTHON=$venv/bin/python3
    # The stamp names what the venv was made for.
    local stamp="$venv/.ventral" wanted
    wanted="$VENTRAL_TORCH $(cat "$1")"
    if [ "$(cat "$stamp" 2> /dev/null)" = "$wanted" ]; then
      say "- Python packages: all there"
    else
      step "install Python packages" make_venv "$venv" "$VENTRAL_TORCH" -r "$1"
      printf '%s' "$wanted" > "$stamp"
    fi
  fi
  export VENTRAL_PYTHON
  VENTRAL_TORCH_PREFIX=$(find_torch)
}

make_venv() {
  local venv=$1
  shift
  [ -x "$venv/bin/python3" ] || python3 -m venv "$venv"
  # VENTRAL_PIP_ARGS: for a mirror, or an index with CPU builds of torch.
  # shellcheck disable=SC2086
  "$venv/bin/python3" -m pip install --disable-pip-version-check -q ${VENTRAL_PIP_ARGS:-} "$@"
}

find_torch() {
  local prefix
  IFS=':;' read -ra prefixes <<< "${CMAKE_PREFIX_PATH:-}"
  for prefix in ${prefixes[@]+"${prefixes[@]}"}; do
    if [ -n "$(find "$prefix" -name TorchConfig.cmake -print -quit 2> /dev/null)" ]; then
      printf '%s' "$CMAKE_PREFIX_PATH" | tr ':' ';'
      return
    fi
  done
  "$VENTRAL_PYTHON" -c 'import torch.utils; print(torch.utils.cmake_prefix_path)'
}

# build_preset PRESET [cmake argument…]
build_preset() {
  local preset=$1
  shift
  (cd "$VENTRAL_ROOT" && cmake --preset "$preset" -DCMAKE_PREFIX_PATH="$VENTRAL_TORCH_PREFIX" "$@" &&
    cmake --build --preset "$preset")
}
