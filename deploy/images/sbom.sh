#!/bin/sh
# Inside an image build: a bill of materials (CycloneDX 1.5, JSON) of everything in the image, on standard output.
#   sbom.sh FOLDER    FOLDER as of collect.sh; Debian's packages come from dpkg
# Environment: VENTRAL_VERSION, VENTRAL_REVISION.
set -eu
folder=$1
version=${VENTRAL_VERSION:-unknown}

ours() {
  for program in "$folder"/bin/ventral*; do
    printf '{"type":"application","bom-ref":"%s","name":"%s","version":"%s","hashes":[{"alg":"SHA-256","content":"%s"}]},\n' \
      "${program##*/}" "${program##*/}" "$version" "$(sha256sum "$program" | cut -d ' ' -f 1)"
  done
}

# LibTorch, and what its wheel brought: file by file, as no package manager knows them.
libraries() {
  [ -d "$folder/lib" ] || return 0
  torch=$(sed -n "s/^__version__ = '\(.*\)'/\1/p" "$folder/lib/torch/version.py")
  printf '{"type":"library","bom-ref":"torch","name":"torch","version":"%s","purl":"pkg:pypi/torch@%s"},\n' "$torch" \
    "$(printf '%s' "$torch" | sed 's/+/%2B/g')"
  find "$folder/lib" -type f -name '*.so*' | sort | while read -r file; do
    name=${file#"$folder"/lib/}
    printf '{"type":"file","bom-ref":"%s","name":"%s","hashes":[{"alg":"SHA-256","content":"%s"}]},\n' "$name" "$name" \
      "$(sha256sum "$file" | cut -d ' ' -f 1)"
  done
}

debian() {
  # shellcheck disable=SC2016
  dpkg-query -W -f '${Package} ${Version} ${Architecture}\n' | awk '{
    version = $2; gsub(/\+/, "%2B", version); gsub(/:/, "%3A", version)
    name = $1; gsub(/\+/, "%2B", name)
    printf "{\"type\":\"library\",\"bom-ref\":\"deb:%s\",\"name\":\"%s\",\"version\":\"%s\",", $1, $1, $2
    printf "\"purl\":\"pkg:deb/debian/%s@%s?arch=%s&distro=debian-12\"},\n", name, version, $3
  }'
}

printf '{"bomFormat":"CycloneDX","specVersion":"1.5","version":1,\n'
printf '"metadata":{"component":{"type":"container","bom-ref":"image","name":"ventral","version":"%s",' "$version"
printf '"properties":[{"name":"revision","value":"%s"}]}},\n"components":[\n' "${VENTRAL_REVISION:-unknown}"
{ ours; libraries; debian; } | sed '$ s/,$//'
printf ']}\n'
