#!/bin/sh
# One fuzzer for so long; what it finds goes to build/fuzz/found/TARGET, and it goes on.
# Usage: run.sh archive|records|program|frames|pack|requests SECONDS [more options of libFuzzer]
# Exit status: 0 nothing was found, 1 something was, 77 build.sh has built no fuzzer.
set -eu
target=$1 end=$(($(date +%s) + $2)) status=0
shift 2
program="$(dirname "$0")/../../build/fuzz/fuzz/fuzz_$target"
[ -x "$program" ] || { echo "there is no $program: tests/fuzz/build.sh makes it" && exit 77; }
cd "$(dirname "$0")/../../build/fuzz"
mkdir -p "found/$target" "grown/$target"
# A hostile network asks for more memory than there is: that must be an error, and no end.
export ASAN_OPTIONS="max_allocation_size_mb=64:allocator_may_return_null=1:detect_leaks=0:detect_odr_violation=0:${ASAN_OPTIONS:-}"
export OMP_NUM_THREADS=1
while left=$((end - $(date +%s))) && [ "$left" -gt 0 ]; do
  "fuzz/fuzz_$target" -max_total_time="$left" -timeout=60 -rss_limit_mb=6144 -malloc_limit_mb=6144 -max_len=65536 \
    -print_funcs=0 -print_final_stats=1 -artifact_prefix="found/$target/" "$@" "grown/$target" "fuzz-corpus/$target" ||
    status=1
done
exit "$status"
