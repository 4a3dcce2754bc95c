"""Looks into the objects that are compiled for newer processors: they may define nothing that the linker could give to
code for others, such as an inline function of the standard library (docs/decisions/dense-kernels.md).

Usage: check_kernels.py METRICS_LIBRARY MEMBER=NAMESPACE...     dense_kernels_avx2.cc.o=EigenAvx2
"""

import re
import subprocess
import sys


def shared(library, member):
    """Names of functions and objects that any other object may define, too: weak or unique."""
    text = subprocess.run(["nm", "-C", "--defined-only", library], check=True, capture_output=True, text=True).stdout
    parts = dict(re.findall(r"^(\S+\.o):\n(.*?)(?:\n\n|\Z)", text, re.MULTILINE | re.DOTALL))
    if member not in parts:
        return None
    return re.findall(r"^\S+ [WVu] (.*)$", parts[member], re.MULTILINE)


def main():
    library, *rules = sys.argv[1:]
    found = []
    for rule in rules:
        member, namespace = rule.split("=")
        names = shared(library, member)
        if names is None:
            found.append(f"{library} has no {member}")
            continue
        # A reference to how exceptions are handled, which is data, and the same in all.
        names = [name for name in names if not name.startswith("DW.ref.")]
        found += [f"{member} shares {name}" for name in names if namespace + "::" not in name]
    print("\n".join(found) if found else f"{len(rules)} objects share nothing")
    sys.exit(1 if found or not rules else 0)


if __name__ == "__main__":
    main()
