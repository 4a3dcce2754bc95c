"""compose.yaml and compose.tls.yaml with a container engine: networks, published ports and restarts, which images_test.py has not.

Usage (root, with podman and podman-compose; in a network namespace of its own; not among ctest's tests):
  compose_test.py SOURCE_ROOT PYTHON PREFIX     PREFIXventral-{migrate,server,worker} are there, and VENTRAL_POSTGRES_IMAGE names PostgreSQL's
Publishes a pack and scores a network; asks both published ports from outside of the containers; sees that a worker reaches the server and nothing
else; kills a server and a worker, which the engine starts again. podman looks at no health check by itself and podman-compose at no order:
both are done here, by the files' own words.
"""

import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

sys.path[:0] = [str(pathlib.Path(__file__).parent), *(str(pathlib.Path(__file__).parent.parent / name) for name in ("e2e", "support"))]
from containers import compose, interpolate  # noqa: E402
from images_http import OTHER_ADDRESS, Curl, check_health, check_leaderboard, check_published_measures  # noqa: E402
from images_world import TLS_NAME, make_certificate, make_networks_and_packs  # noqa: E402
from quickstart_test import expect  # noqa: E402

ORDER = (("secrets", "ended"), ("postgres", "healthy"), ("migrate", "ended"), ("server", "healthy"), ("setup", "ended"), ("worker", "healthy"))


def said(*words):
    return subprocess.run(words, capture_output=True, text=True, check=True, timeout=60).stdout


class Project:
    """One file for podman-compose, which puts no variables into what is !override."""

    def __init__(self, root, folder, names, variables):
        self.name, file = f"ventral-test-{os.getpid()}", folder / "compose.json"
        whole = interpolate(compose(root, names), {**os.environ, **variables})
        for service in ("server", "worker"):
            whole["services"][service]["volumes"].append(f"{folder.parent}/made:/made:ro")
        file.write_text(json.dumps(whole).replace(",uid=999,gid=999,mode=0750", ""))  # podman 4 knows no owner of a tmpfs
        self.words = ["podman-compose", "--project-name", self.name, "--file", str(file)]

    def compose(self, *words):
        return subprocess.run([*self.words, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=600)

    def container(self, service):
        found = said("podman", "ps", "--all", "--quiet", "--filter", f"label=io.podman.compose.project={self.name}", "--filter",
                     f"label=com.docker.compose.service={service}").split()
        return found[-1] if found else None

    def state(self, service):
        return json.loads(said("podman", "inspect", self.container(service)))[0]["State"]

    def is_there(self, service, how):
        if how == "ended":
            state = self.state(service)
            if state["Status"] == "exited" and state["ExitCode"] != 0:
                sys.exit(f"FAILED: {service} ended with {state['ExitCode']}:\n{self.log(service)}")
            return state["Status"] == "exited"
        return subprocess.run(["podman", "healthcheck", "run", self.container(service)], capture_output=True).returncode == 0

    def wait(self, service, how):
        deadline = time.monotonic() + 120
        while not self.is_there(service, how):
            if time.monotonic() > deadline:
                sys.exit(f"FAILED: {service} is not {how} after two minutes:\n{self.log(service)[-3000:]}")
            time.sleep(0.5)
        print(f"ok: {service} is {how}", flush=True)

    def up(self):
        for service, how in ORDER:
            done = self.compose("up", "--detach", "--no-deps", service)
            expect(done.returncode == 0 and self.container(service), f"{service} starts", done.stdout + done.stderr)
            self.wait(service, how)

    def down(self):
        """Volumes without a name, too, which podman-compose leaves."""
        made = [self.container(service) for service, _ in reversed(ORDER)]
        done = self.compose("stop")
        subprocess.run(["podman", "rm", "--force", "--volumes", *filter(None, made)], capture_output=True)
        gone = self.compose("down", "--volumes")
        expect(done.returncode == 0 and gone.returncode == 0 and not self.container("server"), "down takes all away", done.stderr + gone.stderr)

    def execute(self, service, *words):
        return subprocess.run(["podman", "exec", self.container(service), *map(str, words)], capture_output=True, text=True, timeout=600,
                              stdin=subprocess.DEVNULL)

    def works(self, service, *words):
        done = self.execute(service, *words)
        expect(done.returncode == 0, f"in {service}: {' '.join(map(str, words))}", done.stdout + done.stderr)
        return done.stdout

    def scored(self, model):
        """Until the model has all its scores."""
        deadline, scores = time.monotonic() + 300, []
        while len(scores) < 3 and time.monotonic() < deadline:
            time.sleep(1)
            scores = json.loads(self.execute("server", "ventral", "show", model, "--json").stdout or "{}").get("scores", [])
        expect(len(scores) == 3, f"{model} is scored", self.log("worker")[-3000:])

    def log(self, service):
        done = subprocess.run(["podman", "logs", self.container(service)], capture_output=True, text=True)
        return done.stdout + done.stderr


def check_scores(project):
    project.works("server", "ventral", "pack", "publish", "/made/simulated-cortex")
    for name in ("teacher", "student"):
        project.works("server", "ventral", "submit", f"/made/networks/simulated-cortex/{name}.pt2", "--name", name, "--pack", "simulated-cortex")
        project.scored(name)


def check_networks(project):
    """From a worker: the server by its name, and neither PostgreSQL nor the world. Of bash, as no image has more."""
    (network,) = json.loads(said("podman", "inspect", project.container("postgres")))[0]["NetworkSettings"]["Networks"].values()
    database = network["IPAddress"]

    def reaches(service, host, port):
        return project.execute(service, "timeout", "3", "bash", "-c", f"exec 3<>/dev/tcp/{host}/{port}").returncode == 0
    expect(reaches("server", "postgres", 5432), "the server reaches PostgreSQL", "")
    expect(reaches("worker", "server", 7411), "a worker reaches the server", "")
    expect(not reaches("worker", "postgres", 5432) and not reaches("worker", database, 5432), "a worker does not reach PostgreSQL", database)
    expect(not reaches("worker", OTHER_ADDRESS, 22) and not reaches("postgres", OTHER_ADDRESS, 22) and reaches("server", OTHER_ADDRESS, 22),
           "the server alone has a way out", "")


def check_restarts(project):
    """What dies is started again by the engine, and the service goes on."""
    for service in ("server", "worker"):
        before = project.state(service)["Pid"]
        os.kill(before, 9)
        deadline = time.monotonic() + 60
        while project.state(service)["Pid"] in (0, before) and time.monotonic() < deadline:
            time.sleep(0.2)
        expect(project.state(service)["Pid"] not in (0, before), f"{service} is started again", str(project.state(service)))
        project.wait(service, "healthy")
    project.works("server", "ventral", "submit", "/made/networks/simulated-cortex/teacher.pt2", "--name", "again", "--pack", "simulated-cortex")
    project.scored("again")


def check_project(root, folder, kind, prefix):
    folder.mkdir()
    tls = kind == "tls"
    variables = {"VENTRAL_IMAGES": prefix}
    if tls:
        make_certificate(folder / "tls")
        variables.update({"VENTRAL_TLS_NAME": TLS_NAME, "VENTRAL_TLS_FOLDER": str(folder / "tls")})
    project = Project(root, folder, ("tls",) if tls else (), variables)
    try:
        project.up()
        check_scores(project)
        check_ports(project, folder, tls)
        check_networks(project)
        check_restarts(project)
    finally:
        project.down()


def check_ports(project, folder, tls):
    name, ca = (TLS_NAME, folder / "tls/ca.pem") if tls else ("localhost", None)
    token = project.works("server", "cat", "/var/lib/ventral/admin-token").strip()
    curl = Curl(name, ca)
    check_health(curl)
    check_leaderboard(curl, token, json.loads(project.works("server", "ventral", "leaderboard", "--json")))
    check_published_measures(curl, open_to_others=not tls)
    status, _ = Curl(name, ca, OTHER_ADDRESS).ask("/healthz")
    expect(status == (200 if tls else 0), f"the port is published to {'the network' if tls else 'this machine alone'}", str(status))


def main():
    root, python, prefix = sys.argv[1:4]
    if "VENTRAL_OWN_NETWORK" not in os.environ:
        os.environ["VENTRAL_OWN_NETWORK"] = "1"
        os.execvp("unshare", ["unshare", "--net", "sh", "-c", f'ip link set lo up && ip addr add {OTHER_ADDRESS}/32 dev lo && exec "$@"', "sh",
                              sys.executable, *sys.argv])
    outside = socket.create_server((OTHER_ADDRESS, 22))  # beyond the containers' networks
    with tempfile.TemporaryDirectory(prefix="ventral-compose-") as scratch:
        scratch = pathlib.Path(scratch)
        scratch.chmod(0o711)
        make_networks_and_packs(root, None, python, scratch / "made", None)
        for kind in ("plain", "tls"):
            check_project(root, scratch / kind, kind, prefix)
    outside.close()
    print("compose files work with an engine")


if __name__ == "__main__":
    main()
