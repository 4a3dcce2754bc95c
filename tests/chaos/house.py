"""The service under chaos: a private PostgreSQL, two servers on the same database and blobs, two workers, and a link between each
two of them.

    submitters ── client a, client b ──▶ server a, server b ── database a, database b ──▶ PostgreSQL
                       worker a ── work a ──▶ server a        worker b ── work b ──▶ server b (whose clock may jump)
"""

import collections
import json
import os
import pathlib
import signal
import subprocess
import threading

import clock
import disk
from link import Links
from processes import Program, below, eventually, running

LEASE_SECONDS = 5
PACK = "simulated-cortex"
SERVERS = ("a", "b")


class House:
    def __init__(self, root, programs, folder):
        self.root, self.programs, self.folder = root, programs, folder
        self.logs = folder / "logs"
        self.logs.mkdir()
        self.clean = {"PATH": os.environ["PATH"], "HOME": str(folder)}
        self.links = Links()
        self.clock = clock.Clock(folder / "clock")
        self.disks = {name: disk.Disk(name, folder / name, megabytes)
                      for name, megabytes in (("blobs", 2048), ("postgres", 2048), ("cache-a", 512), ("cache-b", 512))}
        self.postgres_lock = threading.Lock()
        self.ended_by_themselves = collections.Counter()  # (program, exit code)
        self.collecting = []  # options of servers that start from now on
        self._begin()

    # Start and end.

    def _begin(self):
        self.postgres("start")  # not --fast: what is committed survives kill -9
        self.database = self.postgres("url")
        socket = pathlib.Path(self.database.split("host=")[1], ".s.PGSQL.5432")
        self.link = {f"database-{x}": self.links.to_socket(f"database-{x}", self.folder / f"db-{x}", socket) for x in SERVERS}
        self._run(f"{self.programs}/ventral-migrate", "up", "--database", self.database)
        self.servers = {x: Program(f"server {x}", lambda x=x: self._server(x), self.logs / f"server-{x}.log",
                                   {**self.clean, **(self.clock.environment if x == "b" else {}),
                                    "VENTRAL_DATABASE": self.database.replace(str(socket.parent), self.link[f"database-{x}"].address)})
                        for x in SERVERS}
        self.address = {x: "127.0.0.1:0" for x in SERVERS}
        for x in SERVERS:
            self.start_server(x)
            for end in ("client", "work"):
                self.link[f"{end}-{x}"] = self.links.to_port(f"{end}-{x}", int(self.address[x].split(":")[1]))
        self._make_users()
        self.workers = {x: Program(f"worker {x}", lambda x=x: self._worker(x), self.logs / f"worker-{x}.log", self.clean)
                        for x in SERVERS}

    def _server(self, x):
        return [f"{self.programs}/ventral-server", "--blobs", self.folder / "blobs/store", "--listen", self.address[x],
                "--address-file", self.folder / f"address-{x}", "--admin-token-file", self.folder / "admin-token",
                "--lease-seconds", LEASE_SECONDS, "--reap-interval-seconds", 0.2, "--max-attempts", 8, "--drain-seconds", 20,
                *self.collecting]

    def _worker(self, x):
        return [f"{self.programs}/ventral-worker", "--server", self.link[f"work-{x}"].address, "--token-file",
                self.folder / f"worker-{x}.token", "--name", f"worker-{x}", "--cache", self.folder / f"cache-{x}/files", "--device", "cpu",
                "--threads", 1, "--poll-seconds", 0.2, "--drain-seconds", 10]

    def start_server(self, x):
        """Until it listens, or has ended because its disk is full; while its database is away, it waits."""
        file = self.folder / f"address-{x}"
        file.unlink(missing_ok=True)
        self.servers[x].start()
        eventually(lambda: file.exists() or not self.servers[x].is_running(), f"server {x} listens or ends")
        if file.exists():
            self.address[x] = file.read_text().strip()

    def keep(self):
        """Starts again what ended by itself, as a service manager would: a server or worker that was started while its disk was full."""
        for kind, programs in (("server", self.servers), ("worker", self.workers)):
            for x, program in programs.items():
                if program.lock.acquire(blocking=False):
                    try:
                        if not program.is_running():
                            self.ended_by_themselves[program.name, program.exit_code] += 1
                            self.start_server(x) if kind == "server" else program.start()
                    finally:
                        program.lock.release()

    def _make_users(self):
        for user, role in (("mara", "submitter"), ("noor", "submitter"), ("worker-a", "worker"), ("worker-b", "worker"),
                           ("latecomer", "worker")):
            self.ventral("admin", "user", "create", user, "--role", role)
            self.ventral("admin", "token", "create", user, "--out", self.folder / f"{user}.token")

    def stop(self):
        """Everything, in the order of a shutdown. {program: exit code}."""
        codes = {}
        for program in [*self.workers.values(), *self.servers.values()]:
            if program.is_running():
                codes[program.name] = program.stop()
        return codes

    def remove(self):
        """Whatever still runs; PostgreSQL last."""
        self.stop()
        for pid in below(os.getpid()):
            if running().get(pid, (0, ""))[1].startswith("ventral"):
                os.kill(pid, signal.SIGKILL)
        self.postgres("remove")
        for one in self.disks.values():
            one.remove()
        self.links.close()

    # PostgreSQL.

    def postgres(self, command):
        return self._run("bash", f"{self.root}/deploy/private_postgres.sh", command, self.folder / "postgres/cluster")

    def kill_postgres(self):
        """SIGKILL to the postmaster; its children find out by themselves."""
        os.kill(int((self.folder / "postgres/cluster/data/postmaster.pid").read_text().split()[0]), signal.SIGKILL)

    def start_postgres(self):
        """Recovers from its log. While its disk is full it may have to be asked again."""
        def started():
            return subprocess.run(["bash", f"{self.root}/deploy/private_postgres.sh", "start", self.folder / "postgres/cluster"],
                                  capture_output=True).returncode == 0
        eventually(started, "PostgreSQL starts again", 180)

    def rows(self, sql):
        """A list of dictionaries, past all links."""
        out = self._run("psql", "-XAtq", self.database, "-c", f"SELECT coalesce(json_agg(t), '[]') FROM ({sql}) t")
        return json.loads(out)

    # Commands.

    def ventral(self, *words, server="a", token="admin-token", direct=True):
        """What it prints. Past the links unless `direct` is false."""
        done = self.try_ventral(*words, address=self.address[server] if direct else self.link[f"client-{server}"].address, token=token)
        if done.returncode != 0:
            raise RuntimeError(f"ventral {' '.join(map(str, words))}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def try_ventral(self, *words, address, token, seconds=300):
        return subprocess.run([f"{self.programs}/ventral", *map(str, words)], capture_output=True, text=True, timeout=seconds,
                              stdin=subprocess.DEVNULL,
                              env={**self.clean, "VENTRAL_SERVER": address, "VENTRAL_TOKEN_FILE": str(self.folder / token)})

    def _run(self, *words):
        done = subprocess.run([str(word) for word in words], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=300,
                              env=self.clean)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(map(str, words))}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout.strip()
