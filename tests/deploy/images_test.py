"""The images and the compose file, end to end: without an engine, by runc, in a network namespace of their own.

Usage (root, with curl and moto; not among ctest's tests, as images take long to build):
  images_test.py SOURCE_ROOT IMAGES PYTHON [SHARED]   IMAGES/NAME/rootfs and IMAGES/NAME/config.json for ventral-{migrate,server,worker}: images_export.sh
Starts everything that compose.yaml starts, with a PostgreSQL of this machine in place of its image; publishes packs, scores networks, holds the
scores against those of `ventral score` in the worker's image and the leaderboard over HTTP against gRPC's; looks at who runs, what they may write,
measures, health, stopping and starting again. Then the same with compose.tls.yaml and a worker whose sandbox is strict; then with compose.s3.yaml,
whose bucket is moto's. SHARED/data and SHARED/models: published recordings and networks, of which one each goes the same way.
"""

import json
import os
import pathlib
import stat
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.path[:0] = [str(pathlib.Path(__file__).parent.parent / name) for name in ("e2e", "support")]
from containers import SECCOMP, Containers, compose  # noqa: E402
from images_http import OTHER_ADDRESS, Curl, check_health, check_leaderboard, check_measures  # noqa: E402
from images_world import TLS_NAME, Bucket, Postgres, images, make_certificate, make_networks_and_packs  # noqa: E402
from quickstart_test import expect, run  # noqa: E402

# Some of what each image has for what it does: HTTP, measures, buckets; networks and archives.
LIBRARIES = {"server": ("libcpp-httplib0.11", "libprometheus-cpp-core1.0", "libcurl4", "libgrpc++1.51"), "worker": ("torch", "libzip4", "tini")}


def works(containers, name, *words):
    done = containers.execute(name, *words)
    expect(done.returncode == 0, f"in {name}: {' '.join(map(str, words))}", done.stdout + done.stderr)
    return done.stdout


def check_confinement(containers, strict):
    for name in ("server", "worker"):
        expect(works(containers, name, "id", "-u").strip() == "10001", f"{name} is not root", "")
        for place in ("/file", "/opt/ventral/bin/file", "/etc/file"):
            expect(containers.execute(name, "touch", place).returncode != 0, f"{name} cannot write {place}", "")
        status = works(containers, name, "cat", "/proc/1/status")
        expect("NoNewPrivs:\t1" in status and "CapBnd:\t0000000000000000" in status and "Seccomp:\t2" in status, f"{name} has no privileges", status)
        bill = json.loads(works(containers, name, "cat", "/opt/ventral/sbom.cdx.json"))
        names = {component["name"] for component in bill["components"]}
        expect({"libc6", f"ventral-{name}", *LIBRARIES[name]} <= names, f"{name} has a bill of {len(names)} materials", str(names))
    token = containers.folder / "volumes/server-data/admin-token"
    expect(stat.S_IMODE(token.stat().st_mode) == 0o600 and token.stat().st_uid == 10001, "the admin's token is its user's alone", oct(token.stat().st_mode))
    deadline = time.monotonic() + 60
    while "sandbox:" not in containers.log("worker") and time.monotonic() < deadline:
        time.sleep(0.2)
    line = next((line for line in containers.log("worker").splitlines() if "sandbox:" in line), "")
    wanted = ["privileges, limits, system_calls"] + (["namespaces", "empty_root", "landlock"] if strict else [])
    expect(all(layer in line.split("; without")[0] for layer in wanted), "the worker seals checkpoints", containers.log("worker"))
    print(line)


def check_scores(containers, made):
    """Those of the service are those of `ventral score` in the worker's image, to the last digit that is shown. → How many jobs that were."""
    packs = sorted(place.parent for place in made.glob("*/pack.json"))
    files = {pack: made / "networks" / pack.name for pack in packs}
    for pack in packs:
        works(containers, "server", "ventral", "pack", "publish", f"/made/{pack.name}")
        for file in sorted(files[pack].iterdir()):
            works(containers, "server", "ventral", "submit", f"/made/{file.relative_to(made)}", "--name", file.stem, "--pack", pack.name)
    jobs = [(pack, file) for pack in packs for file in sorted(files[pack].iterdir())]
    for pack, file in jobs:
        blocks = works(containers, "worker", "ventral", "score", f"/made/{file.relative_to(made)}", "--pack", f"/made/{pack.name}").strip().split("\n\n")
        count = len(json.loads((pack / "pack.json").read_text())["benchmarks"])
        expect(len(blocks) == count, f"{file.stem} is scored on {count} benchmarks of {pack.name}", str(blocks))
        check_shown(containers, file.stem, blocks)
    return len(jobs)


def check_shown(containers, name, blocks):
    deadline, shown = time.monotonic() + 300, ""
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


def strict_sandbox(root):
    """What the worker's container may call, by worker_seccomp.py."""
    return json.loads(run([sys.executable, f"{root}/deploy/images/worker_seccomp.py", SECCOMP], os.environ))


def check_service(root, all_images, scratch, made, kind):
    """`kind`: plain, tls or s3."""
    folder, tls = scratch / kind, kind == "tls"
    folder.mkdir()
    variables, seccomp, bucket = {}, {}, None
    if tls:
        make_certificate(folder / "certificates")
        variables = {"VENTRAL_TLS_NAME": TLS_NAME, "VENTRAL_TLS_FOLDER": str(folder / "certificates"), "VENTRAL_SANDBOX": "strict"}
        seccomp = {"worker": strict_sandbox(root)}
    if kind == "s3":
        (folder / "s3").mkdir()
        bucket = Bucket(folder / "s3")
        variables = bucket.variables()
    services = compose(root, () if kind == "plain" else (kind,))["services"]
    for name in ("server", "worker"):
        services[name]["volumes"] = [*services[name]["volumes"], f"{made}:/made:ro"]
    containers = Containers(folder, all_images, services, variables, seccomp)
    postgres = None
    try:
        containers.start("secrets")
        containers.wait("secrets", "service_completed_successfully")
        postgres = Postgres(folder / "postgres", (folder / "volumes/postgres-secret/password").read_text())
        containers.up(skip={"secrets", "postgres"})
        for name in ("server", "worker"):
            containers.wait(name, "service_healthy")
        check_confinement(containers, tls)
        print(works(containers, "server", "ventral", "status"))
        expect((" with TLS" in containers.log("server")) == tls, "TLS as asked for", containers.log("server"))
        jobs = check_scores(containers, made)
        check_http(containers, jobs, tls)
        if bucket:
            bucket.check(containers)
        check_again(containers)
    finally:
        containers.down()
        if postgres:
            postgres.stop()
        if bucket:
            bucket.stop()


def check_http(containers, jobs, tls):
    name, ca = (TLS_NAME, containers.folder / "certificates/ca.pem") if tls else ("localhost", None)
    curl, token = Curl(name, ca), (containers.folder / "volumes/server-data/admin-token").read_text().strip()
    check_health(curl)
    check_leaderboard(curl, token, json.loads(works(containers, "server", "ventral", "leaderboard", "--json")))
    check_measures(name, ca, jobs, open_to_others=not tls)


def main():
    root, folder, python = sys.argv[1:4]
    shared = sys.argv[4] if len(sys.argv) > 4 else None
    if "VENTRAL_OWN_NETWORK" not in os.environ:
        os.environ["VENTRAL_OWN_NETWORK"] = "1"
        os.execvp("unshare", ["unshare", "--net", "--mount", "sh", "-c", f'ip link set lo up && ip addr add {OTHER_ADDRESS}/32 dev lo && exec "$@"',
                              "sh", sys.executable, *sys.argv])
    with tempfile.TemporaryDirectory(prefix="ventral-images-") as scratch:
        scratch = pathlib.Path(scratch)
        scratch.chmod(0o711)
        all_images = images(folder)
        make_networks_and_packs(root, all_images, python, scratch / "made", shared)
        for kind in ("plain", "tls", "s3"):
            begin = time.monotonic()
            check_service(root, all_images, scratch, scratch / "made", kind)
            print(f"ok: {kind} in {time.monotonic() - begin:.0f} s", flush=True)
    print("images and compose files work")


if __name__ == "__main__":
    main()
