"""A real service for the tests: PostgreSQL, server and worker, in a folder of their own."""

import os
import pathlib
import subprocess
import sys
import time

import pytest
import torch
from torch import nn

import ventral

ROOT = pathlib.Path(os.environ.get("VENTRAL_ROOT", pathlib.Path(__file__).resolve().parents[3]))
PROGRAMS = pathlib.Path(os.environ.get("VENTRAL_BIN", ROOT / "build/dev/bin"))


class Service:
    """Processes of the service; all end with stop()."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.address = "127.0.0.1:0"
        self.processes: dict[str, subprocess.Popen] = {}
        self.database = ""

    def start_database(self):
        self._postgres("start", "--fast")
        self.database = self._postgres("url").strip()
        subprocess.run([PROGRAMS / "ventral-migrate", "up", "--database", self.database], check=True,
                       stdout=subprocess.DEVNULL)

    def start_server(self):
        """A server that is started again has its old address."""
        file = self.folder / "address"
        file.unlink(missing_ok=True)
        self._start("ventral-server", "--database", self.database, "--blobs", self.folder / "blobs", "--listen",
                    self.address, "--address-file", file, "--reap-interval-seconds", "0.2", "--lease-seconds", "3",
                    "--log-level", "warn", "--accounts", "off")
        self._await(file, "ventral-server")
        self.address = file.read_text().strip()

    def start_server_with_accounts(self, folder):
        """Another one on the same database; its first admin's token is in `folder`."""
        file = folder / "address"
        self._start("ventral-server", "--database", self.database, "--blobs", self.folder / "blobs", "--listen", "127.0.0.1:0",
                    "--address-file", file, "--log-level", "warn", "--admin-token-file", folder / "admin-token",
                    name="with accounts")
        self._await(file, "with accounts")
        return file.read_text().strip()

    def start_worker(self):
        self._start("ventral-worker", "--server", self.address, "--cache", self.folder / "cache", "--device", "cpu",
                    "--threads", "1", "--poll-seconds", "0.1")

    def kill(self, program):
        process = self.processes.pop(program)
        process.kill()
        process.wait()

    def stop(self):
        for program in list(self.processes):
            self.processes[program].terminate()
        for program in list(self.processes):
            try:
                self.processes[program].wait(timeout=40)
            except subprocess.TimeoutExpired:
                self.kill(program)
        self.processes.clear()
        self._postgres("remove")

    def run(self, *arguments):
        """The command `ventral`."""
        subprocess.run([PROGRAMS / "ventral", *arguments], check=True, stdout=subprocess.DEVNULL,
                       env={**os.environ, "VENTRAL_SERVER": self.address})

    def _await(self, file, name):
        deadline = time.monotonic() + 60
        while not file.exists():
            assert self.processes[name].poll() is None, "ventral-server ended"
            assert time.monotonic() < deadline, "ventral-server does not listen"
            time.sleep(0.02)

    def _start(self, program, *arguments, name=None):
        self.processes[name or program] = subprocess.Popen([PROGRAMS / program, *map(str, arguments)])

    def _postgres(self, command, *options):
        return subprocess.run(["bash", ROOT / "deploy/private_postgres.sh", command, self.folder / "postgres", *options],
                              check=True, stdout=subprocess.PIPE, text=True).stdout


@pytest.fixture(autouse=True)
def reader(monkeypatch):
    """Files are verified by the program that was built with these tests, where there is one."""
    if (PROGRAMS / "ventral-extract").exists():
        monkeypatch.setenv("VENTRAL_PROGRAM", str(PROGRAMS / "ventral"))
    return PROGRAMS


@pytest.fixture(scope="session")
def simulated(tmp_path_factory):
    """A folder with the pack simulated-cortex, teacher.pt2, student.pt2 and random.pt2."""
    pytest.importorskip("PIL")
    folder = tmp_path_factory.mktemp("simulated")
    subprocess.run([sys.executable, "-m", "ventral.simulated", folder], check=True,
                   env={**os.environ, "VENTRAL_PROGRAM": str(PROGRAMS / "ventral")})
    return folder


@pytest.fixture(scope="session")
def service(tmp_path_factory, simulated):
    """The whole service, with the pack simulated-cortex."""
    pytest.importorskip("ventral.v1.job_pb2", reason="the package's gRPC code is made when it is installed")
    if not (PROGRAMS / "ventral-server").exists():
        pytest.skip(f"no programs of the service in {PROGRAMS}; set VENTRAL_BIN")
    made = Service(tmp_path_factory.mktemp("service"))
    try:
        made.start_database()
        made.start_server()
        made.run("pack", "publish", simulated / "simulated-cortex")
        made.start_worker()
        yield made
    finally:
        made.stop()


@pytest.fixture
def client(service):
    with ventral.connect(service.address) as made:
        yield made


class Recurrent(nn.Module):
    """One convolution that is called three times, behind one that is called once."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(3)
        self.enter = nn.Conv2d(3, 4, 3, padding=1, stride=2)
        self.again = nn.Conv2d(4, 4, 3, padding=1)

    def forward(self, x):
        x = self.enter(x)
        for _ in range(3):
            x = torch.relu(self.again(x))
        return x.mean((2, 3))


@pytest.fixture
def recurrent():
    return Recurrent()
