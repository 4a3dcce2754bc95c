#!/bin/sh
# Copies the layer table into a tree of two sources that break it, and runs the include check there.
set -eu
source_root=$1 python=$2
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree/cmake" "$tree/scoring/metrics" "$tree/server/service"
cp "$source_root/cmake/Layers.cmake" "$tree/cmake/"
printf '#include <torch/torch.h>\n' > "$tree/scoring/metrics/rdm.cc"
printf '#include "scoring/network/network.h"\n' > "$tree/server/service/jobs.cc"
"$python" "$source_root/tests/layers/check_includes.py" "$tree"
