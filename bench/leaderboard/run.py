"""Pages of the leaderboard under 32 readers while scores are written, at 10⁴, 10⁵ and 10⁶ scores.

Usage: run.py BIN_DIR PYTHON OUT.json [--models 200 2000 20000] [--seconds 30] [--rate 20] [--jobs 5]     then: plot.py OUT.json FILE.svg

BIN_DIR holds the programs, with bench_leaderboard (cmake -DVENTRAL_BENCH=ON). PYTHON has torch. Everything else, a private PostgreSQL too, is
made and removed. Each size has a database of its own, filled by fill.sql: 50 benchmarks, a score of every model on each. Then, with
32 readers of first and middle pages, of all columns and of one, and --jobs jobs of two scores completed a second:

- saturated: each reader asks again at once. With one machine for all, a latency is then readers ÷ calls a second, and nothing else
- paced: --rate calls a second in all, timed from when they were due

and the statement itself, as the server was seen to send it: EXPLAIN (ANALYZE), 200 times, at rest and within the paced load.
"""

import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
READERS, ROUNDS = 32, 200
# What the board was before it had tables of its own: every cell, in one answer.
PLAIN = """
  WITH standing AS MATERIALIZED (
    SELECT DISTINCT ON (c.model_id) c.model_id, c.sha256 FROM checkpoints c
    WHERE EXISTS (SELECT FROM scores s WHERE (s.model_id, s.checkpoint_sha256) = (c.model_id, c.sha256))
    ORDER BY c.model_id, c.sequence DESC
  )
  SELECT DISTINCT ON (s.model_id, s.benchmark_id) m.display_name, s.score_id, s.sequence, s.job_id, s.model_id, s.checkpoint_sha256, s.benchmark_id,
    s.metric, s.rule, s.layer_choice, s.layer_path, s.layer_step, s.seed, s.scorer_version, s.raw, s.ceiling, s.normalised, s.interval_lower,
    s.interval_upper, s.summary, s.provenance, s.created
  FROM standing JOIN models m USING (model_id)
  JOIN scores s ON (s.model_id, s.checkpoint_sha256) = (standing.model_id, standing.sha256)
  ORDER BY s.model_id, s.benchmark_id, s.sequence DESC"""


def run(*words, **options):
    return subprocess.run([*map(str, words)], check=True, text=True, stdout=subprocess.PIPE, **options).stdout


class Bench:
    """A cluster, and in it one database with one server at a time."""

    def __init__(self, programs, folder):
        self.programs, self.folder, self.server, self.database = programs, folder, None, "ventral"
        self.postgres("start")  # as a service has it: fsync is on, and all settings are PostgreSQL's own
        self.cluster = self.postgres("url")

    def postgres(self, command):
        return run("bash", ROOT / "deploy/private_postgres.sh", command, self.folder / "postgres").strip()

    @property
    def url(self):
        return self.cluster.replace("/ventral?", f"/{self.database}?")

    def psql(self, *words, **options):
        return run("psql", "-XAtq", "-v", "ON_ERROR_STOP=1", *words, self.url, **options).strip()

    def sql(self, text):
        return self.psql("-c", text)

    def begin(self, database):
        self.sql(f"CREATE DATABASE {database}")
        self.database = database
        run(self.programs / "ventral-migrate", "up", "--database", self.url)
        address = self.folder / f"address-{database}"
        with open(self.folder / "server.log", "a") as log:
            self.server = subprocess.Popen(
                [self.programs / "ventral-server", "--blobs", self.folder / "blobs", "--listen", "127.0.0.1:0", "--address-file", address,
                 "--accounts", "off", "--log-level", "warn", "--lease-seconds", "3600"],
                env={**os.environ, "VENTRAL_DATABASE": self.url}, stdout=log, stderr=log)
        while not address.exists():
            if self.server.poll() is not None:
                sys.exit((self.folder / "server.log").read_text())
            time.sleep(0.05)
        self.address = address.read_text().strip()

    def end(self):
        if self.server:
            self.server.terminate()
            self.server.wait()
            self.server = None

    def processor_seconds(self):
        """Of the server so far."""
        fields = pathlib.Path(f"/proc/{self.server.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def ventral(self, *words):
        return run(self.programs / "ventral", *words, env={**os.environ, "VENTRAL_SERVER": self.address})


def simulate(bench, python):
    """The pack that jobs are completed on, and a report on it."""
    made = bench.folder / "made"
    run(python, "-m", "ventral.simulated", made, env={**os.environ, "PYTHONPATH": str(ROOT / "client/python")})
    report = bench.folder / "report.json"
    report.write_text(run(bench.programs / "ventral", "score", made / "student.pt2", "--pack", made / "simulated-cortex", "--json"))
    return made / "simulated-cortex", report


def fill(bench, models, checkpoints):
    """Seconds of making the leaderboard's tables from the scores, as the migration does; and how large things are."""
    bench.psql("-v", f"models={models}", "-f", ROOT / "bench/leaderboard/fill.sql")
    begin = time.monotonic()
    bench.sql("SELECT refresh_leaderboard(array_agg(DISTINCT model_id)) FROM scores")
    made = time.monotonic() - begin
    # As jobs leave them: cells of one pack together, those of a model's packs apart.
    bench.sql("CREATE TABLE apart AS SELECT * FROM leaderboard_cells; TRUNCATE leaderboard_cells; INSERT INTO leaderboard_cells SELECT * FROM apart "
              "ORDER BY md5(model_id || split_part(benchmark_id, '.', 1)), benchmark_id; DROP TABLE apart")
    bench.sql("VACUUM ANALYZE")
    bench.sql("CHECKPOINT")  # what was just filled is not written out while something is measured
    checkpoints.write_text(bench.sql("SELECT 'models/' || model_id || '/checkpoints/' || sha256 FROM checkpoints ORDER BY sequence") + "\n")
    sizes = bench.sql("SELECT json_object_agg(relname, pg_total_relation_size(oid) >> 20) FROM pg_class "
                      "WHERE relname IN ('scores', 'leaderboard_cells', 'leaderboard_rows')")
    return {"scores": int(bench.sql("SELECT count(*) FROM leaderboard_cells")), "fill_seconds": made, "mib": json.loads(sizes)}


class Load:
    """Readers and the writer, for some seconds."""

    def __init__(self, bench, options, rate, report, checkpoints, seconds=None):
        self.bench, self.before = bench, bench.processor_seconds()
        self.child = subprocess.Popen([*map(str, (bench.programs / "bench_leaderboard", bench.address, seconds or options.seconds, READERS, rate,
                                                  options.jobs, report, checkpoints))], stdout=subprocess.PIPE, text=True)

    def result(self):
        found = json.loads(self.child.communicate()[0])
        if self.child.returncode:
            sys.exit(f"calls were refused: {found}")
        return {**found, "server_processor_seconds": self.bench.processor_seconds() - self.before}


def statements(bench, load):
    """The pages' statements as the server sends them, with their parameters, out of PostgreSQL's log."""
    log = bench.folder / "postgres/data/server.log"
    before = log.stat().st_size
    bench.sql("ALTER SYSTEM SET log_statement = 'all'")
    bench.sql("SELECT pg_reload_conf()")
    time.sleep(1)
    load().result()
    columns = bench.sql("SELECT benchmark_id FROM benchmarks ORDER BY md5(benchmark_id) LIMIT 25").split()
    bench.ventral("leaderboard", "--limit", 100, *(word for column in columns for word in ("--benchmark", column)))
    bench.sql("ALTER SYSTEM RESET log_statement")
    bench.sql("SELECT pg_reload_conf()")
    text, found = log.read_bytes()[before:].decode(), {}
    for match in re.finditer(r"execute [^:]*: (SELECT page\.model_id.*?)\n[^\n]*DETAIL:  parameters: ([^\n]*)", text, re.DOTALL):
        parameters = dict(re.findall(r"\$(\d+) = ('(?:[^']|'')*'|NULL)", match[2]))
        if parameters["3"] != "'101'":
            continue  # the way to the middle
        which = "all" if "5" not in parameters else "25 columns" if parameters["5"].startswith("'{") else "one"
        kind = ("first" if parameters["1"] == "'-Infinity'" else "middle") + " page, " + which
        found[kind] = " ".join(re.sub(r"\$(\d+)", lambda number: parameters[number[1]], match[1]).split())
    return found


def on_core(pid):
    """Milliseconds that a process ran, and that it was ready and waited for a core."""
    return [int(word) / 1e6 for word in pathlib.Path(f"/proc/{pid}/schedstat").read_text().split()[:2]]


def timed(bench, statement, rounds=ROUNDS):
    """Milliseconds of planning and running it; of the whole round, how much its backend computed and how much it waited for a core."""
    script = bench.folder / "explain.sql"
    script.write_text(f"EXPLAIN (ANALYZE, TIMING OFF) {statement};\n" * rounds + "\\echo done\n")
    with subprocess.Popen(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", bench.url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as session:
        session.stdin.write("SELECT pg_backend_pid();\n")
        session.stdin.flush()
        pid = session.stdout.readline().strip()
        before = on_core(pid)
        session.stdin.write(f"\\i {script}\n")
        session.stdin.flush()
        told = ""
        while not told.endswith("done\n"):
            line = session.stdout.readline()
            if not line:
                sys.exit(f"psql ended: {script}")
            told += line
        computed, waited = (now - then for now, then in zip(on_core(pid), before))
        session.stdin.close()
    planned, run_for = (map(float, re.findall(rf"{what} Time: ([\d.]+) ms", told)) for what in ("Planning", "Execution"))
    taken = sorted(map(sum, zip(planned, run_for)))
    return {"p50": statistics.median(taken), "p99": taken[int(0.99 * (len(taken) - 1))], "computed": computed / rounds, "waited": waited / rounds}


def measure(bench, models, options, pack, report):
    bench.begin(f"models_{models}")
    bench.ventral("pack", "publish", pack)
    checkpoints = bench.folder / "checkpoints.txt"
    found = fill(bench, models, checkpoints)
    load = lambda rate, seconds=None: Load(bench, options, rate, report, checkpoints, seconds)
    load(options.rate, 3).result()  # warms connections and caches
    seen = statements(bench, lambda: load(options.rate, 3))
    some = seen.pop("first page, 25 columns")
    found["machine's load before"] = os.getloadavg()[0]
    found["saturated"] = load(0).result()
    found["paced"] = load(options.rate).result()
    found["statement"] = {kind: timed(bench, text) for kind, text in seen.items()}
    found["statement within the load"] = {}
    for kind, text in seen.items():
        paced = load(options.rate, 10)
        found["statement within the load"][kind] = timed(bench, text)
        paced.result()
    found["plain statement, ms"] = timed(bench, PLAIN, 3)["p50"]
    found["statement"]["first page, 25 columns"] = timed(bench, some, 5)
    found["plans"] = {kind: bench.sql(f"EXPLAIN (ANALYZE, BUFFERS) {text}") for kind, text in seen.items()}
    begin = time.monotonic()
    bench.sql("INSERT INTO packs (pack_id, version, digest, title, citation, licence, stimuli, bytes, created) SELECT pack_id, '2.0.0', digest, title, "
              "citation, licence, stimuli, bytes, created FROM packs WHERE pack_id = 'pack-1'")
    found["new version of a pack, seconds"] = time.monotonic() - begin  # without its benchmarks: every mean changes
    bench.end()
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs", type=pathlib.Path)
    parser.add_argument("python")
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--models", type=int, nargs="+", default=[200, 2000, 20000])
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--rate", type=float, default=20, help="calls a second of all readers, where they are paced")
    parser.add_argument("--jobs", type=float, default=5, help="completed a second, two scores each")
    options = parser.parse_args()
    options.programs = options.programs.resolve()
    with tempfile.TemporaryDirectory(prefix="ventral-leaderboard-") as scratch:
        folder = pathlib.Path(scratch)
        folder.chmod(0o711)
        bench = Bench(options.programs, folder)
        try:
            pack, report = simulate(bench, options.python)
            measured = []
            for models in options.models:
                measured.append(measure(bench, models, options, pack, report))
                print(json.dumps({key: value for key, value in measured[-1].items() if key != "plans"}), file=sys.stderr, flush=True)
                settings = {"readers": READERS, "rate": options.rate, "jobs a second": options.jobs, "seconds": options.seconds}
                options.out.write_text(json.dumps({"settings": settings, "sizes": measured}, indent=1))
        finally:
            bench.end()
            bench.postgres("remove")


if __name__ == "__main__":
    main()
