"""10,000 jobs, 64 simulated workers, 2 servers: every job ends once; the lease rate against pgbench's with the same statement.

Usage: run.py BIN_DIR PYTHON [--jobs 10000] [--workers 64]
BIN_DIR holds the programs, with bench_queue (cmake -DVENTRAL_BENCH=ON). PYTHON has torch. Everything else, a private PostgreSQL too, is
made and removed. The pgbench side takes as many queued jobs, with the very statement that the server was seen to send.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def run(*words, **options):
    return subprocess.run([*map(str, words)], check=True, text=True, stdout=subprocess.PIPE, **options).stdout


class Bench:
    def __init__(self, programs, python, folder):
        self.programs, self.python, self.folder, self.servers = programs, python, folder, []
        self.postgres("start")  # as a service has it: fsync is on
        self.url = self.postgres("url")
        run(programs / "ventral-migrate", "up", "--database", self.url)

    def postgres(self, command, *options):
        return run("bash", ROOT / "deploy/private_postgres.sh", command, self.folder / "postgres", *options).strip()

    def sql(self, text):
        return run("psql", "-XAtq", "-v", "ON_ERROR_STOP=1", self.url, "-c", text).strip()

    def start_server(self, number):
        address = self.folder / f"address-{number}"
        with open(self.folder / f"server-{number}.log", "w") as log:
            self.servers.append(subprocess.Popen(
                [self.programs / "ventral-server", "--blobs", self.folder / "blobs", "--listen", "127.0.0.1:0", "--address-file", address,
                 "--accounts", "off", "--log-level", "warn", "--lease-seconds", "3600", "--connections", "32"], env={**os.environ, "VENTRAL_DATABASE": self.url},
                stdout=log, stderr=log))
        while not address.exists():
            time.sleep(0.05)
        return address.read_text().strip()

    def ventral(self, *words, server):
        return run(self.programs / "ventral", *words, env={**os.environ, "VENTRAL_SERVER": server})

    def stop_servers(self):
        while self.servers:
            server = self.servers.pop()
            server.terminate()
            server.wait()

    def stop(self):
        self.stop_servers()
        self.postgres("remove")


def prepare(bench, server):
    """The names of a checkpoint and a pack, and a report for both."""
    made = bench.folder / "made"
    run(bench.python, "-m", "ventral.simulated", made, env={**os.environ, "PYTHONPATH": str(ROOT / "client/python")})
    bench.ventral("pack", "publish", made / "simulated-cortex", server=server)
    queued = json.loads(bench.ventral("submit", made / "student.pt2", "--name", "student", "--pack", "simulated-cortex", "--json", server=server))
    report = bench.folder / "report.json"
    report.write_text(bench.ventral("score", made / "student.pt2", "--pack", made / "simulated-cortex", "--json", server=server))
    job = queued["jobs"][0]
    bench.ventral("cancel", job["name"], server=server)
    return job["checkpoint"], job["pack"], report


def lease_statement(bench, server):
    """As the server sends it, with its parameters, out of PostgreSQL's log."""
    bench.sql("ALTER SYSTEM SET log_statement = 'all'")
    bench.sql("SELECT pg_reload_conf()")
    time.sleep(1)
    run(bench.programs / "bench_queue", "models/none", "packs/none", bench.folder / "report.json", 0, 1, server)
    bench.sql("ALTER SYSTEM RESET log_statement")
    bench.sql("SELECT pg_reload_conf()")
    log = (bench.folder / "postgres/data/server.log").read_text()
    found = list(re.finditer(r"execute [^:]*: (\s*WITH RECURSIVE waiting.*?)\n[^\n]*DETAIL:  parameters: ([^\n]*)", log, re.DOTALL))
    text, parameters = found[-1][1], dict(re.findall(r"\$(\d+) = ('(?:[^']|'')*'|NULL)", found[-1][2]))
    text = re.sub(r"\$(\d+)", lambda match: parameters[match[1]], text)
    return " ".join(text.split())


def pgbench(bench, statement, jobs, workers):
    """Statements a second, each of which leases one of `jobs` jobs."""
    bench.sql(f"INSERT INTO jobs (model_id, checkpoint_sha256, pack_id, pack_version, max_attempts, not_before, created) SELECT model_id, "
              f"checkpoint_sha256, pack_id, pack_version, max_attempts, not_before, created FROM (SELECT * FROM jobs LIMIT 1) j, "
              f"generate_series(1, {jobs})")
    bench.sql("VACUUM ANALYZE jobs")
    script = bench.folder / "lease.sql"
    script.write_text(statement + ";\n")
    told = run("pgbench", "-n", "-f", script, "-c", workers, "-j", 2, "-t", jobs // workers, "-M", "prepared", bench.url)
    return float(re.search(r"tps = ([\d.]+)", told)[1])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("programs", type=pathlib.Path)
    parser.add_argument("python")
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=64)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ventral-queue-") as scratch:
        folder = pathlib.Path(scratch)
        folder.chmod(0o711)
        bench = Bench(wanted.programs.resolve(), wanted.python, folder)
        try:
            addresses = [bench.start_server(number) for number in (1, 2)]
            checkpoint, pack, report = prepare(bench, addresses[0])
            statement = lease_statement(bench, addresses[0])
            found = json.loads(run(bench.programs / "bench_queue", checkpoint, pack, report, wanted.jobs, wanted.workers, *addresses))
            states = bench.sql("SELECT state, count(*), sum(attempts), sum((SELECT count(*) FROM scores s WHERE s.job_id = j.job_id)) "
                               "FROM jobs j WHERE state <> 'cancelled' GROUP BY 1")
            leases = found["leased"] / found["lease_seconds"]
            bench.stop_servers()
            alone = pgbench(bench, statement, wanted.jobs, wanted.workers)
            print(json.dumps({**found, "states, jobs, attempts, scores": states, "leases a second": round(leases), "pgbench": round(alone),
                              "ratio": round(leases / alone, 2)}, indent=1))
            benchmarks = len(json.loads(report.read_text())["scores"])
            wanted_states = f"succeeded|{wanted.jobs}|{wanted.jobs}|{wanted.jobs * benchmarks}"
            if states != wanted_states:
                sys.exit(f"not every job ended once: {states}, wanted is {wanted_states}")
        finally:
            bench.stop()


if __name__ == "__main__":
    main()
