#!/bin/sh
# Inside an image build: what is installed from Debian, and what is written down about it.
#   install_packages.sh --toolchain          what deploy/setup.sh wants for a build, but PostgreSQL
#   install_packages.sh FOLDER [PACKAGE…]    what FOLDER/packages names (written by collect.sh); checks that every program
#                                            in FOLDER/bin finds its libraries, and writes FOLDER/sbom.cdx.json
# Environment: DEBIAN_SNAPSHOT, empty or a day of snapshot.debian.org.
set -eu

use_snapshot() {
  [ -n "${DEBIAN_SNAPSHOT:-}" ] || return 0
  rm -f /etc/apt/sources.list /etc/apt/sources.list.d/*
  {
    echo "deb [check-valid-until=no] http://snapshot.debian.org/archive/debian/$DEBIAN_SNAPSHOT bookworm main"
    echo "deb [check-valid-until=no] http://snapshot.debian.org/archive/debian-security/$DEBIAN_SNAPSHOT bookworm-security main"
  } > /etc/apt/sources.list
}

install() {
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
  apt-get clean
  rm -rf /var/lib/apt/lists/* /var/cache/ldconfig/aux-cache /var/log/apt /var/log/dpkg.log /var/log/alternatives.log
}

# A program that lacks a library must stop the build, not the service. NVIDIA's driver comes with the machine.
check_libraries() {
  for program in "$1"/bin/ventral*; do
    if ldd "$program" | grep 'not found' | grep -v '^[[:space:]]*libcuda.so.1 '; then
      echo "error: $program does not find the libraries above" >&2
      exit 1
    fi
  done
}

use_snapshot
if [ "$1" = --toolchain ]; then
  here=$(dirname "$0")
  # shellcheck disable=SC2016,SC2046
  install $(bash -c 'source "$1"; printf "%s\n" "${VENTRAL_PACKAGES[@]}"' bash "$here/setup.sh" | grep -vE '^(postgresql|ccache)') \
    python3-pip patchelf
  exit 0
fi
folder=$1
shift
# shellcheck disable=SC2046
install ca-certificates "$@" $(cat "$folder/packages")
check_libraries "$folder"
sh "$(dirname "$0")/sbom.sh" "$folder" > "$folder/sbom.cdx.json"
rm -rf "$folder/packages" "$folder/build"
