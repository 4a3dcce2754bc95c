#!/bin/sh
# Run once by compose, when the server serves: a user 'worker' and its token, for all workers of this service.
#   make_worker_token.sh FILE    an existing FILE is left alone
# Environment: VENTRAL_SERVER and the rest of what `ventral` reads; VENTRAL_TOKEN_FILE is the admin's.
set -eu
file=$1
if [ -s "$file" ]; then
  echo "$file is there"
  exit 0
fi
# A user of an earlier try does as well; what else is wrong, the next line says.
ventral admin user create worker --role worker || true
ventral admin token create worker --for workers --out "$file"
