#!/usr/bin/env python3
"""A seccomp profile for worker containers in which the extractor can have namespaces and an empty root.

  deploy/images/worker_seccomp.py DEFAULT.json > worker-seccomp.json

DEFAULT.json is your engine's default profile: /usr/share/containers/seccomp.json (Debian's golang-github-containers-common), or
profiles/seccomp/default.json of moby. What it allows to a container without capabilities is kept, and three calls are added: clone with flags
of namespaces, mount and chroot, which a process may use in a user namespace of its own only. The evaluator and the daemon may use them, too; the
extractor, which runs foreign networks, forbids them to itself before it reads one. For Docker (--security-opt seccomp=FILE) and, as
a Localhost profile, Kubernetes.
"""

import json
import sys

ADDED = ("clone", "mount", "chroot")
# Conditions of Docker's and Podman's files that hold in a container without capabilities, on x86-64.
ARCHITECTURE = "amd64"


def holds(entry):
    wants, forbids = entry.get("includes") or {}, entry.get("excludes") or {}
    if wants.get("caps") or ARCHITECTURE not in (wants.get("arches") or [ARCHITECTURE]):
        return False
    return ARCHITECTURE not in (forbids.get("arches") or [])


def rules(profile):
    for entry in filter(holds, profile["syscalls"]):
        names = [name for name in entry["names"] if name not in ADDED + ("clone3",)]
        if names:
            rule = {"names": names, "action": entry["action"], "args": entry.get("args") or []}
            yield {**rule, "errnoRet": entry.get("errnoRet", 1)} if entry["action"] == "SCMP_ACT_ERRNO" else rule
    yield {"names": list(ADDED), "action": "SCMP_ACT_ALLOW", "args": []}
    # Its flags lie in memory, where no filter sees them: libraries that hear ENOSYS take clone.
    yield {"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38, "args": []}


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as file:
        profile = json.load(file)
    json.dump({"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 1, "architectures": ["SCMP_ARCH_X86_64"],
               "syscalls": list(rules(profile))}, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
