"""A server with accounts, over gRPC and HTTP, with a database of its own: what the attacks are made on."""

import json
import os
import pathlib
import subprocess
import time

ROLES = {"reader": "rita", "submitter": "mara", "publisher": "pia", "worker": "gpu", "admin": "admin"}
STALL_SECONDS = 3


class Victim:
    """On loopback; with `outside`, an address of this machine, attackers come by that one."""

    def __init__(self, root, programs, folder, python, outside=None):
        self.root, self.programs, self.folder, self.python, self.outside = root, programs, folder, python, outside
        self.clean = {"PATH": os.environ["PATH"], "HOME": str(folder)}
        self.server = None
        self._script("start", "--fast")
        self.database = self._script("url")
        self._run(f"{programs}/ventral-migrate", "up", "--database", self.database)
        self._start()
        self.tokens = {"admin": (folder / "admin-token").read_text().strip(), "none": ""}
        for role, user in [*ROLES.items(), ("other submitter", "noor")]:
            if role != "admin":
                self.ventral("admin", "user", "create", user, "--role", role.split()[-1])
                self.tokens[role] = self.new_token(user)

    def _start(self):
        files = {name: self.folder / name for name in ("grpc", "http")}
        host, more = ("0.0.0.0", ["--insecure-listen"]) if self.outside else ("127.0.0.1", [])
        with open(self.folder / "server.log", "a") as log:
            self.server = subprocess.Popen(
                [f"{self.programs}/ventral-server", "--blobs", self.folder / "blobs", "--listen", f"{host}:0", "--address-file", files["grpc"],
                 "--http-listen", f"{host}:0", "--http-address-file", files["http"], "--admin-token-file", self.folder / "admin-token",
                 "--stream-stall-seconds", str(STALL_SECONDS), *more],
                env={**self.clean, "VENTRAL_DATABASE": self.database}, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        end = time.monotonic() + 60
        while not all(file.exists() for file in files.values()):
            if self.server.poll() is not None or time.monotonic() > end:
                raise RuntimeError("the server does not listen: " + (self.folder / "server.log").read_text())
            time.sleep(0.05)
        self.grpc, self.http = (files[name].read_text().strip().replace("0.0.0.0", "127.0.0.1") for name in ("grpc", "http"))

    def new_token(self, user, *words):
        return json.loads(self.ventral("admin", "token", "create", user, *words, "--json"))["secret"]

    def fill(self):
        """A pack, scores of three networks with their Grams, and a job that waits: something to ask for."""
        made = self.folder / "made"
        self._run(self.python, "-m", "ventral.simulated", made, more={"PYTHONPATH": f"{self.root}/client/python", "PYTHONDONTWRITEBYTECODE": "1"})
        self.ventral("pack", "publish", made / "simulated-cortex")
        for name in ("teacher", "student", "random"):
            self.ventral("submit", made / f"{name}.pt2", "--name", name, "--pack", "simulated-cortex")
            self._run(f"{self.programs}/ventral-worker", "--server", self.grpc, "--cache", self.folder / "cache", "--device", "cpu", "--once",
                      more={"VENTRAL_TOKEN": self.tokens["worker"]})
        jobs = json.loads(self.ventral("jobs", "--json"))["jobs"]
        if [job["state"] for job in jobs] != ["JOB_STATE_SUCCEEDED"] * 3:
            raise RuntimeError(f"the jobs did not succeed: {jobs}")
        submitted = self.ventral("submit", made / "teacher.pt2", "--name", "waits", "--pack", "simulated-cortex", "--json", role="submitter")
        self.scored, self.waits = jobs[0]["name"], json.loads(submitted)["jobs"][0]["name"]

    def write(self, file):
        """For attackers, who are processes of their own."""
        grpc, http = (address.replace("127.0.0.1", self.outside or "127.0.0.1") for address in (self.grpc, self.http))
        file.write_text(json.dumps({"grpc": grpc, "http": http, "tokens": self.tokens, "scored": self.scored, "waits": self.waits}))

    def ventral(self, *words, role="admin"):
        return self._run(f"{self.programs}/ventral", *words, more={"VENTRAL_SERVER": self.grpc, "VENTRAL_TOKEN": self.tokens[role]
                         if role != "admin" else (self.folder / "admin-token").read_text().strip()})

    # What is seen of it.

    def is_alive(self):
        return self.server.poll() is None

    def megabytes(self, what="VmRSS"):
        """Resident now; VmHWM: at most since clear_peak()."""
        for line in pathlib.Path(f"/proc/{self.server.pid}/status").read_text().splitlines():
            if line.startswith(what + ":"):
                return int(line.split()[1]) / 1024
        return 0.0

    def clear_peak(self):
        pathlib.Path(f"/proc/{self.server.pid}/clear_refs").write_text("5")

    def threads(self):
        return len(os.listdir(f"/proc/{self.server.pid}/task"))

    def row_counts(self):
        """{table: rows}, of all but those that each call adds to."""
        tables = self.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").split()
        return {table: int(self.sql(f"SELECT count(*) FROM {table}")) for table in tables if table not in ("audit_log", "workers")}

    def sql(self, text):
        return self._run("psql", "-XAtq", self.database, "-c", text)

    # The end.

    def stop(self):
        """Its exit code."""
        self.server.terminate()
        return self.server.wait(timeout=60)

    def remove(self):
        if self.server and self.is_alive():
            self.server.kill()
            self.server.wait()
        self._script("remove")

    def _script(self, command, *options):
        return self._run("bash", f"{self.root}/deploy/private_postgres.sh", command, self.folder / "postgres", *options)

    def _run(self, *words, more=None):
        done = subprocess.run([str(word) for word in words], env={**self.clean, **(more or {})}, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=300)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(map(str, words))}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout.strip()
