#!/bin/bash
# Inside an image build: lays out what each image takes of the programs that were built.
#   collect.sh BIN TORCH_LIB OUT          OUT/{server,migrate,worker}/{bin,lib,packages}: programs without symbols, those of
#                                         LibTorch's libraries that are loaded, and the Debian packages of all others
#   collect.sh --cuda WORKER TORCH OUT    the same worker with TORCH, a wheel for CUDA of the same version, instead
set -euo pipefail

# library PROGRAM: the files that it loads.
libraries() { LD_LIBRARY_PATH=$torch ldd "$1" | awk '$2 == "=>" && $3 ~ "^/" { print $3 }'; }

# The package of a file; /lib is a link to /usr/lib, and dpkg may know either name.
package_of() { dpkg-query -S "$1" 2> /dev/null || dpkg-query -S "${1#/usr}" 2> /dev/null || dpkg-query -S "/usr$1"; }

collect() {
  local image=$1 folder=$out/$1 program file
  shift
  mkdir -p "$folder/bin"
  for program in "$@"; do
    strip -o "$folder/bin/$program" "$bin/$program"
    for file in $(libraries "$bin/$program"); do
      case "$file" in
        "$torch"/*)
          mkdir -p "$folder/lib/torch/lib"
          cp -L "$file" "$folder/lib/torch/lib/"
          ;;
        *) package_of "$file" | head -n 1 | cut -d : -f 1 ;;
      esac
    done
  done | sort -u > "$out/$image.packages"
  mv "$out/$image.packages" "$folder/packages"
  [ -s "$folder/packages" ] || { echo "error: no package for $image" >&2; exit 1; }
  if [ -d "$folder/lib/torch" ]; then cat "$torch/../version.py" > "$folder/lib/torch/version.py"; fi
}

# ventral-extract names libtorch_cpu.so only; naming libtorch_cuda.so, too, has it loaded, and CUDA registers itself with LibTorch's
# dispatcher. Its own libraries are found as in the wheel: nvidia/ beside torch/.
with_cuda() {
  local worker=$1 wheel=$2 to=$3 library
  mkdir -p "$to"
  cp -a "$worker/." "$to/"
  rm -rf "${to:?}/lib"
  mkdir -p "$to/lib/torch/lib"
  for library in "$wheel"/torch/lib/*.so*; do
    case "$library" in *libtorch_python* | *_test.so | *libaoti_custom_ops*) ;; *) cp -a "$library" "$to/lib/torch/lib/" ;; esac
  done
  cp "$wheel/torch/version.py" "$to/lib/torch/version.py"
  (cd "$wheel" && find nvidia -type d -name lib -exec cp -a --parents {} "$to/lib/" \;)
  patchelf --add-needed libtorch_cuda.so "$to/bin/ventral-extract"
}

if [ "$1" = --cuda ]; then with_cuda "$2" "$3" "$4"; exit 0; fi
bin=$1 torch=$2 out=$3
collect migrate ventral-migrate
collect server ventral-server ventral
collect worker ventral-worker ventral-evaluate ventral-extract ventral
