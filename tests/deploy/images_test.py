"""The images and the compose file, end to end: without an engine, by runc, in a network namespace of their own.

Usage (root; not among ctest's tests, as images take long to build):
  images_test.py SOURCE_ROOT IMAGES PYTHON     IMAGES/NAME/rootfs and IMAGES/NAME/config.json for ventral-{migrate,server,worker}: images_export.sh
Starts everything that compose.yaml starts, with a PostgreSQL of this machine in place of its image; publishes a pack, scores networks, holds the
scores against those of `ventral score` in the worker's image; looks at who runs, what they may write, health, stopping and starting again. Then the
same with compose.tls.yaml.
"""

import json
import os
import pathlib
import stat
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "e2e"))
import yaml  # noqa: E402
from containers import Containers, merged  # noqa: E402
from manifests import Loader  # noqa: E402
from quickstart_test import expect, run  # noqa: E402

TLS_NAME = "lab.example.org"
REPLACED = ("command", "ports", "healthcheck")  # what compose.tls.yaml overrides


def images(folder):
    return {place.name: {"rootfs": (place / "rootfs").resolve(), "config": json.loads((place / "config.json").read_text())}
            for place in pathlib.Path(folder).iterdir() if place.name.startswith("ventral-")}


class Postgres:
    """A cluster of this machine on 127.0.0.1:5432 of this network namespace, with the password that the service made."""

    def __init__(self, folder, password):
        self.folder, self.programs = folder, sorted(pathlib.Path("/usr/lib/postgresql").iterdir())[-1] / "bin"
        folder.mkdir()
        secret = folder.with_suffix(".password")
        secret.write_text(password)
        for place in (folder, secret):
            run(["chown", "postgres", place], os.environ)
        self.call("initdb", "--pgdata", folder, "--username", "ventral", "--auth-host", "scram-sha-256", "--auth-local", "trust", "--pwfile",
                  secret, "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync")
        self.call("pg_ctl", "start", "--pgdata", folder, "--wait", "--silent", "--log", folder / "log", "--options",
                  f"-c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}")
        self.call("createdb", "--host", folder, "--username", "ventral", "ventral")

    def call(self, program, *words):
        run(["setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups", self.programs / program, *words],
            {"PATH": os.environ["PATH"], "HOME": "/"})

    def stop(self):
        self.call("pg_ctl", "stop", "--pgdata", self.folder, "--mode", "fast", "--silent")


def make_certificate(folder):
    """ca.pem, server.pem and server.key, for TLS_NAME and readable by user 10001."""
    folder.mkdir()
    (folder / "names").write_text(f"subjectAltName = DNS:{TLS_NAME}\n")
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    run(["openssl", "req", "-x509", *key, "-subj", "/CN=ca", "-days", "2", "-keyout", folder / "ca.key", "-out", folder / "ca.pem"], os.environ)
    run(["openssl", "req", *key, "-subj", "/CN=server", "-keyout", folder / "server.key", "-out", folder / "server.csr"], os.environ)
    run(["openssl", "x509", "-req", "-in", folder / "server.csr", "-CA", folder / "ca.pem", "-CAkey", folder / "ca.key", "-set_serial", "7", "-days",
         "2", "-extfile", folder / "names", "-out", folder / "server.pem"], os.environ)
    os.chown(folder / "server.key", 10001, 10001)


def compose(root, tls):
    folder = pathlib.Path(root, "deploy/compose")
    services = yaml.load((folder / "compose.yaml").read_text(), Loader)["services"]
    if tls:
        more = yaml.load((folder / "compose.tls.yaml").read_text(), Loader)["services"]
        for name, service in more.items():
            services[name] = merged({key: value for key, value in services[name].items() if key not in REPLACED or key not in service}, service)
    return services


def works(containers, name, *words):
    done = containers.execute(name, *words)
    expect(done.returncode == 0, f"in {name}: {' '.join(map(str, words))}", done.stdout + done.stderr)
    return done.stdout


def check_confinement(containers):
    for name in ("server", "worker"):
        expect(works(containers, name, "id", "-u").strip() == "10001", f"{name} is not root", "")
        for place in ("/file", "/opt/ventral/bin/file", "/etc/file"):
            expect(containers.execute(name, "touch", place).returncode != 0, f"{name} cannot write {place}", "")
        status = works(containers, name, "cat", "/proc/1/status")
        expect("NoNewPrivs:\t1" in status and "CapBnd:\t0000000000000000" in status and "Seccomp:\t2" in status, f"{name} has no privileges", status)
        bill = json.loads(works(containers, name, "cat", "/opt/ventral/sbom.cdx.json"))
        names = {component["name"] for component in bill["components"]}
        expect({"libc6", f"ventral-{name}"} <= names, f"{name} has a bill of {len(names)} materials", str(names))
    token = containers.folder / "volumes/server-data/admin-token"
    expect(stat.S_IMODE(token.stat().st_mode) == 0o600 and token.stat().st_uid == 10001, "the admin's token is its user's alone", oct(token.stat().st_mode))
    deadline = time.monotonic() + 60
    while "sandbox:" not in containers.log("worker") and time.monotonic() < deadline:
        time.sleep(0.2)
    expect("sandbox: privileges, limits, system_calls" in containers.log("worker"), "the worker seals checkpoints", containers.log("worker"))
    print([line for line in containers.log("worker").splitlines() if "sandbox:" in line][0])


def check_scores(containers):
    """Those of the service are those of `ventral score` in the worker's image, to the last digit that is shown."""
    works(containers, "server", "ventral", "pack", "publish", "/made/simulated-cortex")
    for name in ("teacher", "student"):
        works(containers, "server", "ventral", "submit", f"/made/{name}.pt2", "--name", name, "--pack", "simulated-cortex")
    deadline = time.monotonic() + 300
    for name in ("teacher", "student"):
        blocks = works(containers, "worker", "ventral", "score", f"/made/{name}.pt2", "--pack", "/made/simulated-cortex").strip().split("\n\n")
        expect(len(blocks) == 2, f"{name} is scored on two benchmarks", str(blocks))
        shown = ""
        while not all(block in shown for block in blocks):
            expect_quietly(time.monotonic() < deadline, f"{name} has the scores of `ventral score`", f"{blocks}\n---\n{shown}")
            time.sleep(0.5)
            shown = containers.execute("server", "ventral", "show", name).stdout
        print(f"ok: {name} has the scores of `ventral score`")


def expect_quietly(condition, what, seen):
    if not condition:
        expect(condition, what, seen)


def check_again(containers):
    """What runs once, run again: nothing changes. Stopping is clean, and health tells of it."""
    volumes = containers.folder / "volumes"
    kept = {place: (volumes / place).read_bytes() for place in ("database-secret/pgpass", "postgres-secret/password", "worker-secret/token")}
    for name in ("secrets", "migrate", "setup"):
        containers.start(name)
        containers.wait(name, "service_completed_successfully")
    expect(kept == {place: (volumes / place).read_bytes() for place in kept}, "a second start keeps every secret", "")
    expect(containers.stop("worker") == 0, "the worker ends well", containers.log("worker"))
    expect(containers.stop("server") == 0, "the server ends well", containers.log("server"))
    containers.start("worker")
    time.sleep(1)
    expect(not containers.healthy("worker"), "a worker without a server is not healthy", "")
    containers.start("server")
    containers.wait("server", "service_healthy")
    containers.wait("worker", "service_healthy")


def check_service(root, all_images, scratch, made, tls):
    folder = scratch / ("tls" if tls else "plain")
    folder.mkdir()
    variables = {}
    if tls:
        make_certificate(folder / "certificates")
        variables = {"VENTRAL_TLS_NAME": TLS_NAME, "VENTRAL_TLS_FOLDER": str(folder / "certificates")}
    services = compose(root, tls)
    for name in ("server", "worker"):
        services[name]["volumes"] = [*services[name]["volumes"], f"{made}:/made:ro"]
    containers = Containers(folder, all_images, services, variables)
    postgres = None
    try:
        containers.start("secrets")
        containers.wait("secrets", "service_completed_successfully")
        postgres = Postgres(folder / "postgres", (folder / "volumes/postgres-secret/password").read_text())
        containers.up(skip={"secrets", "postgres"})
        for name in ("server", "worker"):
            containers.wait(name, "service_healthy")
        check_confinement(containers)
        print(works(containers, "server", "ventral", "status"))
        expect((" with TLS" in containers.log("server")) == tls, "TLS as asked for", containers.log("server"))
        check_scores(containers)
        check_again(containers)
    finally:
        containers.down()
        if postgres:
            postgres.stop()


def main():
    root, folder, python = sys.argv[1:4]
    if "VENTRAL_OWN_NETWORK" not in os.environ:
        os.environ["VENTRAL_OWN_NETWORK"] = "1"
        os.execvp("unshare", ["unshare", "--net", "--mount", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", sys.executable, *sys.argv])
    with tempfile.TemporaryDirectory(prefix="ventral-images-") as scratch:
        scratch = pathlib.Path(scratch)
        scratch.chmod(0o711)
        run([python, "-m", "ventral.simulated", scratch / "made"], {**os.environ, "PYTHONPATH": f"{root}/client/python"})
        run(["chmod", "-R", "a+rX", scratch / "made"], os.environ)
        for tls in (False, True):
            check_service(root, images(folder), scratch, scratch / "made", tls)
    print("images and compose file work")


if __name__ == "__main__":
    main()
