#!/bin/bash
# Lays the images out for images_test.py, by buildah. images_export.sh TAG FOLDER
set -euo pipefail
tag=$1 folder=$2
for image in ventral-migrate ventral-server ventral-worker; do
  mkdir -p "$folder/$image"
  container=$(buildah from --pull-never "localhost/$image:$tag")
  rm -rf "$folder/$image/rootfs"
  cp -a "$(buildah mount "$container")" "$folder/$image/rootfs"
  buildah rm "$container" > /dev/null
  buildah inspect --type image "localhost/$image:$tag" | python3 -c 'import json, sys; json.dump(json.load(sys.stdin)["Docker"]["config"], sys.stdout)' \
    > "$folder/$image/config.json"
done
