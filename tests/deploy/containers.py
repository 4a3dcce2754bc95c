"""Starts the services of a compose file as containers, by runc and without an engine: for machines where there is none.

Kept of the file: command, entrypoint, environment, user, read_only, cap_drop, no-new-privileges, tmpfs, volumes (named ones begin as the image's
folder), health checks, depends_on. Not kept: networks (all stand in the caller's network namespace, and names lead to 127.0.0.1), published ports,
restarts, limits. The seccomp profile is that of a container engine for containers without capabilities, where the caller gives no other.
"""

import json
import os
import pathlib
import re
import signal
import subprocess
import time

import yaml
from manifests import Loader

REPLACED = ("command", "ports", "healthcheck")  # what compose.tls.yaml overrides
SECCOMP = "/usr/share/containers/seccomp.json"
NAMESPACE_FLAGS = 0x7E020000  # CLONE_NEWUSER and the others
NAMESPACE_CALLS = ("mount", "umount", "umount2", "unshare", "setns", "pivot_root", "clone3", "open_tree", "move_mount", "fsopen", "fsconfig",
                   "fsmount", "fspick", "mount_setattr")


def engine_seccomp():
    """What Docker's and containerd's default profiles allow: Podman's, less what makes namespaces and mounts."""
    rules = []
    for entry in json.loads(pathlib.Path(SECCOMP).read_text())["syscalls"]:
        wants, forbids = entry.get("includes") or {}, entry.get("excludes") or {}
        if wants.get("caps") or "amd64" not in (wants.get("arches") or ["amd64"]) or "amd64" in (forbids.get("arches") or []):
            continue
        names = [name for name in entry["names"] if name not in NAMESPACE_CALLS + ("clone",)]
        rule = {"names": names, "action": entry["action"], "args": entry.get("args") or []}
        rules.append({**rule, "errnoRet": 1} if entry["action"] == "SCMP_ACT_ERRNO" else rule)
    masked = [{"index": 0, "value": NAMESPACE_FLAGS, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"}]
    rules.append({"names": ["clone"], "action": "SCMP_ACT_ALLOW", "args": masked})
    rules.append({"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38, "args": []})
    return {"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 1, "architectures": ["SCMP_ARCH_X86_64"], "syscalls": rules}


def interpolate(value, variables):
    """${NAME:-default}, ${NAME:?message} and ${NAME} in every text of a file."""
    if isinstance(value, dict):
        return {key: interpolate(item, variables) for key, item in value.items()}
    if isinstance(value, list):
        return [interpolate(item, variables) for item in value]
    if not isinstance(value, str):
        return value
    return re.sub(r"\$\{(\w+)(?::[-?]([^}]*))?\}", lambda found: variables.get(found[1]) or found[2] or "", value)


def compose(root, names):
    """compose.yaml, with compose.NAME.yaml of each name over it."""
    folder = pathlib.Path(root, "deploy/compose")
    whole = yaml.load((folder / "compose.yaml").read_text(), Loader)
    services = whole["services"]
    for file in (folder / f"compose.{name}.yaml" for name in names):
        for name, service in yaml.load(file.read_text(), Loader)["services"].items():
            services[name] = merged({key: value for key, value in services[name].items() if key not in REPLACED or key not in service}, service)
    return whole


def merged(base, more):
    """As compose merges files; what is !override in `more` has to be in REPLACED."""
    result = dict(base)
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = merged(result[key], value)
        elif key == "volumes" and key in result:
            result[key] = result[key] + value
        else:
            result[key] = value
    return result


class Containers:
    def __init__(self, folder, images, services, variables, seccomp=None):
        """`images`: name → {"rootfs": folder, "config": the image's own}. `seccomp`: service → its profile, of runc's form."""
        self.folder, self.images, self.logs = folder, images, folder / "logs"
        self.services = interpolate(services, variables)
        self.seccomp = seccomp or {}
        self.running, self.runtime = {}, ["runc", "--root", str(folder / "runc")]
        self.logs.mkdir(parents=True)
        self.hosts = folder / "hosts"
        self.hosts.write_text("127.0.0.1 localhost\n" + "".join(f"127.0.0.1 {name}\n" for name in [*services, *filter(re.compile(r"[a-z][\w.-]*").fullmatch, variables.values())]))

    def image(self, name):
        return self.images[re.search(r"(ventral-[a-z-]+):", self.services[name]["image"])[1]]

    def mounts(self, name):
        service, image = self.services[name], self.image(name)
        yield {"destination": "/proc", "type": "proc", "source": "proc"}
        yield {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "strictatime", "mode=755", "size=65536k"]}
        yield {"destination": "/dev/shm", "type": "tmpfs", "source": "shm", "options": ["nosuid", "noexec", "nodev", "mode=1777", "size=64m"]}
        yield {"destination": "/etc/hosts", "type": "bind", "source": str(self.hosts), "options": ["bind", "ro"]}
        for entry in service.get("tmpfs", []):
            destination, options = entry.split(":", 1)
            yield {"destination": destination, "type": "tmpfs", "source": "tmpfs", "options": options.split(",")}
        for entry in service.get("volumes", []):
            parts = entry.split(":")
            source = self.volume(parts, image["rootfs"], name)
            yield {"destination": parts[min(1, len(parts) - 1)], "type": "bind", "source": str(source), "options": ["bind", parts[2] if len(parts) > 2 else "rw"]}

    def volume(self, parts, rootfs, name):
        """A folder of the machine; a named or anonymous volume begins with the owner and mode of the image's folder."""
        if len(parts) > 1 and parts[0].startswith(("/", ".")):
            return parts[0]
        place = self.folder / "volumes" / (parts[0] if len(parts) > 1 else name + parts[0].replace("/", "-"))
        if not place.exists():
            place.mkdir(parents=True)
            template = pathlib.Path(str(rootfs) + parts[-1 if len(parts) == 1 else 1])
            if template.exists():
                os.chown(place, template.stat().st_uid, template.stat().st_gid)
                place.chmod(template.stat().st_mode & 0o7777)
        return place

    def specification(self, name):
        service, own = self.services[name], self.image(name)["config"]
        environment = dict(entry.split("=", 1) for entry in own.get("Env", []))
        environment.update({key: str(value) for key, value in service.get("environment", {}).items()})
        entry = service.get("entrypoint") or own.get("Entrypoint") or []
        command = service.get("command") or ([] if "entrypoint" in service else own.get("Cmd") or [])
        user, group = map(int, service["user"].split(":"))
        keep = [] if service.get("cap_drop") == ["ALL"] else ["CAP_SYS_ADMIN"]
        return {
            "ociVersion": "1.0.2", "hostname": name,
            "process": {"args": [*entry, *command], "env": [f"{key}={value}" for key, value in environment.items()], "cwd": "/",
                        "user": {"uid": user, "gid": group}, "noNewPrivileges": "no-new-privileges:true" in service["security_opt"],
                        "capabilities": {kind: keep for kind in ("bounding", "effective", "inheritable", "permitted", "ambient")}},
            "root": {"path": str(self.image(name)["rootfs"]), "readonly": service.get("read_only", False)},
            "mounts": list(self.mounts(name)),
            "linux": {"namespaces": [{"type": kind} for kind in ("mount", "pid", "ipc", "uts")], "seccomp": self.seccomp.get(name) or engine_seccomp(),
                      "maskedPaths": ["/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/sched_debug"],
                      "readonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]}}

    def start(self, name):
        bundle = self.folder / "bundles" / name
        bundle.mkdir(parents=True, exist_ok=True)
        (bundle / "config.json").write_text(json.dumps(self.specification(name)))
        with open(self.logs / f"{name}.log", "a", encoding="utf-8") as log:
            self.running[name] = subprocess.Popen([*self.runtime, "run", "--bundle", str(bundle), f"ventral-{name}"], stdin=subprocess.DEVNULL,
                                                  stdout=log, stderr=log)

    def execute(self, name, *words, environment=()):
        options = [word for entry in environment for word in ("--env", entry)]
        return subprocess.run([*self.runtime, "exec", *options, f"ventral-{name}", *map(str, words)], capture_output=True, text=True, timeout=600,
                              stdin=subprocess.DEVNULL)

    def healthy(self, name):
        test = self.services[name].get("healthcheck", {}).get("test") or self.image(name)["config"]["Healthcheck"]["Test"]
        return self.execute(name, *test[1:]).returncode == 0

    def log(self, name):
        return (self.logs / f"{name}.log").read_text()

    def wait(self, name, condition):
        """Until it has ended well, or is healthy."""
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            code = self.running[name].poll()
            if code is not None and (condition != "service_completed_successfully" or code != 0):
                raise RuntimeError(f"{name} ended with {code}: {self.log(name)}")
            if code == 0 or (condition == "service_healthy" and self.healthy(name)):
                return
            time.sleep(0.3)
        raise RuntimeError(f"{name} is not there after two minutes: {self.log(name)}")

    def up(self, skip):
        """All services in the order of depends_on; those of `skip` are there already."""
        done = set(skip)
        while len(done) < len(self.services):
            for name, service in self.services.items():
                needs = service.get("depends_on", {})
                if name in done or not set(needs) <= done:
                    continue
                for need, how in needs.items():
                    if need not in skip:
                        self.wait(need, how["condition"])
                self.start(name)
                done.add(name)

    def stop(self, name):
        """SIGTERM to process 1; → its exit code."""
        subprocess.run([*self.runtime, "kill", f"ventral-{name}", "TERM"], capture_output=True)
        try:
            return self.running[name].wait(timeout=60)
        except subprocess.TimeoutExpired:
            return None

    def down(self):
        for name, process in reversed(self.running.items()):
            if process.poll() is None and self.stop(name) is None:
                subprocess.run([*self.runtime, "kill", f"ventral-{name}", "KILL"], capture_output=True)
                process.send_signal(signal.SIGKILL)
                process.wait()
