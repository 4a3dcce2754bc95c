#!/bin/sh
# No path of a build machine, no folder or file whose name says nothing.
# Usage: check_words.sh SOURCE_ROOT
set -eu
cd "$1"
git rev-parse --git-dir > /dev/null 2>&1 || { echo "no git checkout here: nothing to check"; exit 1; }
status=0
slash=/
if git grep -nIE "(^|[^A-Za-z0-9_.-])${slash}(root|home${slash}[a-z]+|work|Users)${slash}[A-Za-z.]" -- . ':!tests/layers/check_words.sh'; then
  echo "the lines above hold a path of a machine"; status=1
fi
if git ls-files | grep -E '(^|/)(utils?|common|helpers?|misc)(\.|/|$)'; then
  echo "the names above say nothing"; status=1
fi
[ "$status" = 1 ] || echo "no path of a machine, no empty name"
exit "$status"
