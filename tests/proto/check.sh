#!/bin/bash
# Holds the protos to their style and to the contract that has landed.
#   tests/proto/check.sh             lint; refuse a breaking change against proto/landed
#   tests/proto/check.sh --land      make the present protos the landed contract, after an addition
#   tests/proto/check.sh --land --breaking   the same where a break is meant: say why in docs/decisions/
#   tests/proto/check.sh --proto DIR another folder instead of proto/
# buf comes from VENTRAL_BUF, else from npm into VENTRAL_BUF_CACHE (build/buf).
# Exit code 77: there is neither VENTRAL_BUF nor npm (ctest calls that skipped).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
proto=$root/proto land=false breaking=false
while [ $# -gt 0 ]; do
  case $1 in
    --land) land=true ;;
    --breaking) breaking=true ;;
    --proto) shift; proto=${1:?--proto wants a folder} ;;
    *) sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
  esac
  shift
done

# Prints the path of buf, fetching the version that buf/package-lock.json pins, by its hash.
find_buf() {
  if [ -n "${VENTRAL_BUF:-}" ]; then echo "$VENTRAL_BUF"; return; fi
  local cache=${VENTRAL_BUF_CACHE:-$root/build/buf} buf
  buf=$cache/node_modules/@bufbuild/buf/bin/buf
  if ! command -v npm > /dev/null; then
    echo "skipped: there is no npm to fetch buf with; install npm, or name a buf by VENTRAL_BUF" >&2
    exit 77
  fi
  mkdir -p "$cache"
  exec 9> "$cache/lock"
  flock 9  # two tests may want it at once
  if ! cmp -s "$here/buf/package-lock.json" "$cache/package-lock.json" || ! [ -x "$buf" ]; then
    cp "$here/buf/package.json" "$cache/"
    rm -f "$cache/package-lock.json"
    cp "$here/buf/package-lock.json" "$cache/package-lock.json.new"
    mv "$cache/package-lock.json.new" "$cache/package-lock.json"
    if ! npm ci --prefix "$cache" --ignore-scripts --no-audit --no-fund > "$cache/npm.log" 2>&1; then
      cat "$cache/npm.log" >&2
      rm -f "$cache/package-lock.json"
      echo "npm could not fetch buf; name one by VENTRAL_BUF where there is no network" >&2
      exit 1
    fi
  fi
  exec 9>&-
  echo "$buf"
}

buf=$(find_buf)
export BUF_CACHE_DIR=${VENTRAL_BUF_CACHE:-$root/build/buf}/cache
cd "$proto"
"$buf" lint
if ! $breaking; then
  against=$(mktemp -d)  # buf compares folders that are not inside one another
  trap 'rm -rf "$against"' EXIT
  cp -r landed/. "$against"
  "$buf" breaking --against "$against" || {
    echo "This breaks a landed contract: add fields and methods instead (proto/README.md)." >&2
    exit 1
  }
fi
if $land; then
  rm -rf landed
  for file in $(find . -name '*.proto' | sort); do
    mkdir -p "landed/$(dirname "$file")"
    cp "$file" "landed/$file"
  done
  echo "landed: $(find landed -name '*.proto' | wc -l) files"
fi
