#!/bin/sh
# The fuzzers and their seeds, in build/fuzz.
# Usage: build.sh [argument of cmake…], such as -DTorch_DIR=FOLDER_OF_TorchConfig.cmake
# Environment: VENTRAL_PYTHON, a Python with torch (python3); VENTRAL_JOBS, compilers at once (one per core).
# Exit status 77: there is no clang with libFuzzer here.
set -eu
cd "$(dirname "$0")/../.."
echo 'extern "C" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }' |
  clang++ -x c++ -fsanitize=fuzzer,address -o /dev/null - || {
  echo "no fuzzing here: clang++ with libFuzzer is missing (apt install clang libclang-rt-dev)"
  exit 77
}
cmake --preset fuzz "$@"
cmake --build --preset fuzz -j "${VENTRAL_JOBS:-$(nproc)}"
"${VENTRAL_PYTHON:-python3}" tests/fuzz/make_corpus.py build/fuzz/test-networks build/fuzz/fuzz-corpus
