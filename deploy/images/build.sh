#!/bin/bash
# Builds Ventral's images with docker, podman or buildah.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

usage() {
  cat << 'EOT'
  deploy/images/build.sh [OPTION…] [TARGET…]     TARGETs: server, migrate, worker (the default: these three), worker-cuda

  --tool NAME    docker, podman or buildah [the first that is there]
  --tag TAG      ventral-TARGET:TAG is made [the version]
  --prefix P     before each name, such as registry.example.org/lab/
  --base IMAGE   a Debian 12 to build on [the one pinned in deploy/images/Dockerfile]
  --jobs N       compile with N processes [all cores]
  --push         push each image when all are built
  -- ARGUMENT…   for the tool's build command, such as: -- --build-arg DEBIAN_SNAPSHOT=20260824T000000Z

LibTorch for CPUs comes from PyTorch's own index; another place: -- --build-arg VENTRAL_PIP_ARGS='--index-url …'.
EOT
}

fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

tool='' tag='' prefix='' push='' targets=() arguments=()
while [ $# -gt 0 ]; do
  case "$1" in
    -h | --help) usage; exit 0 ;;
    --push) push=yes ;;
    --tool | --tag | --prefix | --base | --jobs)
      [ $# -gt 1 ] || fail "$1 wants a value: deploy/images/build.sh --help"
      case "$1" in
        --tool) tool=$2 ;;
        --tag) tag=$2 ;;
        --prefix) prefix=$2 ;;
        --base) arguments+=(--build-arg "VENTRAL_BASE=$2") ;;
        --jobs) arguments+=(--build-arg "VENTRAL_JOBS=$2") ;;
      esac
      shift
      ;;
    --) shift; arguments+=("$@"); break ;;
    server | migrate | worker | worker-cuda) targets+=("$1") ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done
[ "${#targets[@]}" -gt 0 ] || targets=(migrate server worker)

if [ -z "$tool" ]; then
  for tool in docker podman buildah none; do command -v "$tool" > /dev/null && break; done
  [ "$tool" != none ] || fail "neither docker, podman nor buildah is installed"
fi
version=$(sed -n 's/.*kVersion\[\] = "\(.*\)";/\1/p' "$root/scoring/base/version.h")
tag=${tag:-$version}
revision=$(git -C "$root" rev-parse HEAD 2> /dev/null || echo unknown)
[ -z "$(git -C "$root" status --porcelain 2> /dev/null)" ] || revision+=-changed
ignore=$root/deploy/images/Dockerfile.dockerignore
case "$tool" in
  docker) ;;  # BuildKit finds the ignore file by its name
  # Docker's format: OCI's has no health checks.
  podman | buildah) arguments=(--format docker --layers --ignorefile "$ignore" "${arguments[@]}") ;;
  *) fail "--tool $tool: docker, podman or buildah" ;;
esac

for target in "${targets[@]}"; do
  printf -- '- build %sventral-%s:%s with %s\n' "$prefix" "$target" "$tag" "$tool"
  "$tool" build --file "$root/deploy/images/Dockerfile" --target "$target" --tag "${prefix}ventral-$target:$tag" \
    --build-arg "VENTRAL_VERSION=$version" --build-arg "VENTRAL_REVISION=$revision" "${arguments[@]}" "$root"
done
if [ -n "$push" ]; then
  for target in "${targets[@]}"; do "$tool" push "${prefix}ventral-$target:$tag"; done
fi
