"""PostgreSQL fails over to its standby, and one of two servers is killed, in the middle of a job: nothing is lost.

Usage: failover_test.py SOURCE_ROOT BIN_DIR PYTHON
A primary with a synchronous standby, two servers on both, a worker, `ventral watch`. While a network runs, the primary is killed with
all its processes, the standby is promoted, and the server that worker and watcher talk to is killed and started again.
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from accounts_test import eventually  # noqa: E402
from quickstart_test import expect, run  # noqa: E402
from s3_test import Side  # noqa: E402


class Pair(Side):
    """A primary and its standby. The URL names both: libpq takes the one that can be written."""

    def __enter__(self):
        self.postgres("start")
        self.primary = self.folder / "postgres/socket"
        owner = self.primary.stat()
        self.as_owner = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []}
        self.binaries = pathlib.Path(self.sql(self.primary, "SELECT setting FROM pg_config() WHERE name = 'BINDIR'"))
        self.make_standby()
        self.database = f"postgresql://ventral@/ventral?host={self.primary},{self.standby}&target_session_attrs=read-write&connect_timeout=2"
        run([f"{self.programs}/ventral-migrate", "up", "--database", self.database], self.environment)
        return self

    def __exit__(self, *all_of_it):
        self.postgres_of("pg_ctl", "stop", "--mode", "immediate", "--pgdata", self.standby / "data", check=False)
        super().__exit__(*all_of_it)

    def sql(self, socket, statement):
        return subprocess.run(["psql", "-XAtq", "-h", socket, "-U", "ventral", "-d", "ventral", "-c", statement], check=True,
                              capture_output=True, text=True).stdout.strip()

    def postgres_of(self, program, *words, check=True):
        ids = self.as_owner if os.getuid() == 0 else {}
        subprocess.run([self.binaries / program, *map(str, words)], check=check, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **ids)

    def make_standby(self):
        self.standby = self.folder / "standby"
        self.standby.mkdir(mode=0o700)
        os.chown(self.standby, self.as_owner["user"], self.as_owner["group"])
        data = self.standby / "data"
        self.postgres_of("pg_basebackup", "--pgdata", data, "--write-recovery-conf", "--host", self.primary, "--username", "ventral")
        with open(data / "ventral.conf", "a") as settings:
            settings.write(f"unix_socket_directories = '{self.standby}'\n")
        self.postgres_of("pg_ctl", "start", "--wait", "--pgdata", data, "--log", data / "server.log")
        # What was committed is on both: a failover loses nothing that was acknowledged.
        self.sql(self.primary, "ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.sql(self.primary, "SELECT pg_reload_conf()")
        eventually(lambda: self.sql(self.primary, "SELECT sync_state FROM pg_stat_replication") == "sync", "the standby is in step")

    def fail_over(self):
        postmaster = int((self.folder / "postgres/data/postmaster.pid").read_text().splitlines()[0])
        children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(postmaster)], capture_output=True, text=True).stdout.split()
        for pid in (postmaster, *map(int, children)):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass  # it died with the first
        self.postgres_of("pg_ctl", "promote", "--wait", "--pgdata", self.standby / "data")

    def try_ventral(self, *words, server=0):
        return subprocess.run([f"{self.programs}/ventral", *words, "--server", self.addresses[server]], env=self.environment,
                              capture_output=True, timeout=60).returncode

    def running(self, job):
        return json.loads(self.ventral("jobs", "--json"))["jobs"][0].get("progress", {}).get("phase") == "extract" and job


def main():
    root, programs, python = sys.argv[1:4]
    with tempfile.TemporaryDirectory(prefix="ventral-failover-") as folder:
        scratch = pathlib.Path(folder)
        scratch.chmod(0o711)
        made = {**os.environ, "PYTHONPATH": f"{root}/client/python"}
        run([python, "-m", "ventral.simulated", scratch / "made"], made)
        run([python, f"{root}/tests/support/slow_network.py", scratch / "slow.pt2"], made)
        with Pair(root, programs, scratch / "pair", scratch / "blobs", ("--lease-seconds", "20")) as pair:
            check(pair, scratch)
    print("a failover and a dead server cost no submission")


def check(pair, scratch):
    first = pair.start_server()
    pair.start_server()
    pair.ventral("pack", "publish", scratch / "made/simulated-cortex")
    submitted = json.loads(pair.ventral("submit", scratch / "slow.pt2", "--name", "slow", "--pack", "simulated-cortex", "--json"))
    job = submitted["jobs"][0]["name"].removeprefix("jobs/")
    watch = subprocess.Popen([f"{pair.programs}/ventral", "watch", job, "--server", pair.addresses[0]], text=True, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, env=pair.environment)
    pair.start("ventral-worker", "--server", pair.addresses[0], "--cache", pair.folder / "cache", "--device", "cpu", "--threads", 1,
               "--poll-seconds", 0.2)
    eventually(lambda: pair.running(job), "the network runs", seconds=120)
    pair.fail_over()
    eventually(lambda: pair.try_ventral("models") == 0, "the service is back on the standby", seconds=60)
    first.kill()
    first.wait()
    eventually(lambda: pair.try_ventral("models", server=1) == 0, "the other server serves alone")
    pair.start_server(listen=pair.addresses[0])
    said, _ = watch.communicate(timeout=300)
    expect(watch.returncode == 0 and "succeeded" in said, "the watcher sees the end", said + pair.log("ventral-worker")[-3000:])
    scores = json.loads(pair.ventral("show", "slow", "--json"))["scores"]
    expect(sorted(score["result"]["benchmark"].rsplit(".", 1)[1] for score in scores) == ["ridge", "rsa"], "one score a benchmark", str(scores))
    again = json.loads(pair.ventral("submit", scratch / "made/student.pt2", "--name", "student", "--pack", "simulated-cortex", "--json"))
    watched = pair.ventral("watch", again["jobs"][0]["name"].removeprefix("jobs/"))
    expect("succeeded" in watched, "and work goes on", watched)


if __name__ == "__main__":
    main()
