#!/bin/bash
# Sees tests/proto/check.sh go red: each line of the table breaks a copy of proto/ in one way.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# A fresh copy in $scratch/proto.
copy() { rm -rf "$scratch/proto"; cp -r "$here/../../proto" "$scratch/proto"; }
check() { "$here/check.sh" --proto "$scratch/proto" "$@" > "$scratch/said" 2>&1; }

copy
check || { code=$?; cat "$scratch/said"; exit $code; }

failed=0
# expect_red NAME FILE SED-EXPRESSION WORDS: check.sh must refuse, and say WORDS.
expect_red() {
  copy
  sed -i "$3" "$scratch/proto/ventral/v1/$2"
  if cmp -s "$scratch/proto/ventral/v1/$2" "$here/../../proto/ventral/v1/$2"; then
    echo "FAILED $1: the sed expression changed nothing"; failed=1
  elif check; then
    echo "FAILED $1: it went through"; failed=1
  elif ! grep -q "$4" "$scratch/said"; then
    echo "FAILED $1: refused, but not for that:"; cat "$scratch/said"; failed=1
  else
    echo "refused, as it must be: $1"
  fi
}
expect_red "a field that is gone"      model.proto  '/string licence = 8;/d'                  'Previously present field "8"'
expect_red "a field with another type" report.proto 's/double raw = 3;/float raw = 3;/'       'changed type from "double" to "float"'
expect_red "a field with another name" job.proto    's/string pack = 3;/string pack_name = 3;/' 'changed name from "pack" to "pack_name"'
expect_red "a field with another number" blob.proto 's/int64 size_bytes = 2;/int64 size_bytes = 9;/' 'Previously present field "2"'
expect_red "a method that is gone"     job.proto    '/rpc RetryJob/,/^  }/d'                    'RPC "RetryJob"'
expect_red "an enum value that is gone" job.proto   '/FAILURE_CAUSE_CRASH = 4;/d'             'enum value "4"'
expect_red "a stream made unary"       job.proto    's/returns (stream Job)/returns (Job)/'   'server streaming'
expect_red "presence taken away"       report.proto 's/optional double normalised = 4;/double normalised = 4;/' 'cardinality'
expect_red "a field without a comment" score.proto  '/The headline layer\./d'                 'Field "layer" should have a non-empty comment'
expect_red "a method without a comment" job.proto   '/NOT_FOUND when there is no such job\./d' 'RPC "GetJob" should have a non-empty comment'
expect_red "a field in camel case"     model.proto  's/string reference = 9;/string referenceUrl = 9;/' 'lower_snake_case'
expect_red "a proto that does not parse" pack.proto 's/^message PackFile {/message PackFile/' 'unmatched'

# An addition is no break, and lands.
copy
sed -i 's|^  string reference = 9;|  string reference = 9;\n  // Added.\n  string added = 90;|' "$scratch/proto/ventral/v1/model.proto"
check --land || { echo "FAILED an addition was refused"; cat "$scratch/said"; failed=1; }
grep -q 'string added = 90;' "$scratch/proto/landed/ventral/v1/model.proto" || { echo "FAILED it did not land"; failed=1; }
# A break that is meant lands only when that is said.
sed -i '/string added = 90;/d' "$scratch/proto/ventral/v1/model.proto"
sed -i '/\/\/ Added\./d' "$scratch/proto/ventral/v1/model.proto"
if check --land; then echo "FAILED a break landed unasked"; failed=1; fi
check --land --breaking || { echo "FAILED a meant break did not land"; cat "$scratch/said"; failed=1; }
check || { echo "FAILED not green after landing"; failed=1; }
exit $failed
