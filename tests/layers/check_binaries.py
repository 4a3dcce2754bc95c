"""Asks ldd which libraries each program loads, and holds them against what its layer may know.

Usage: check_binaries.py BIN_DIR [--forbid PROGRAM=LIBRARY]...
`--forbid` adds a rule, so that a test can see this check go red.
"""

import argparse
import pathlib
import re
import subprocess
import sys

TORCH, GRPC, PROTOBUF, POSTGRES, SECCOMP, XML, CURL = "libtorch", "libgrpc", "libprotobuf", "libpq", "libseccomp", "libpugixml", "libcurl"
# program → libraries that must not be in its process
FORBIDDEN = {
    "ventral-server": [TORCH, SECCOMP],
    "ventral-migrate": [TORCH, GRPC, PROTOBUF, XML, CURL],
    "ventral-worker": [TORCH, POSTGRES, XML, CURL],
    "ventral-evaluate": [TORCH, GRPC, PROTOBUF, POSTGRES, XML, CURL],
    "ventral-extract": [GRPC, PROTOBUF, POSTGRES, XML, CURL],
    "ventral": [TORCH, POSTGRES, XML],
}
REQUIRED = {"ventral-extract": [TORCH], "ventral-server": [XML]}


def libraries(program):
    text = subprocess.run(["ldd", program], check=True, capture_output=True, text=True).stdout
    return re.findall(r"^\s*(\S+?)\.so", text, re.MULTILINE)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bin", type=pathlib.Path)
    parser.add_argument("--forbid", action="append", default=[])
    options = parser.parse_args()
    forbidden = {name: list(rules) for name, rules in FORBIDDEN.items()}
    for rule in options.forbid:
        program, library = rule.split("=")
        forbidden[program].append(library)
    def is_of(library, rule):
        return library == rule or library.startswith((rule + "_", rule + "+"))
    found = []
    checked = 0
    for name, rules in forbidden.items():
        program = options.bin / name
        if not program.exists():
            continue
        checked += 1
        loaded = libraries(program)
        found += [f"{name} loads {library}" for library in loaded
                  for rule in rules if is_of(library, rule)]
        found += [f"{name} does not load {need}" for need in REQUIRED.get(name, [])
                  if not any(is_of(library, need) for library in loaded)]
    if not checked:
        found.append(f"{options.bin}: no program found, nothing was checked")
    print("\n".join(found) if found else f"{checked} programs load only what their layers may know")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
