#!/bin/bash
# install_package.sh SOURCE_ROOT FOLDER PYTHON: builds the Python package from a copy of the clone, as pip does from a git
# address, and puts it into FOLDER. The clone itself is not written to.
set -euo pipefail
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
mkdir "$copy/client"
cp -r "$1/client/python" "$copy/client/python"
rm -rf "$copy/client/python/build"
cp -r "$1/proto" "$copy/proto"
rm -rf "$2"
"$3" -m pip install --quiet --no-deps --no-build-isolation --target "$2" "$copy/client/python"
