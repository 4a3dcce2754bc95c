"""Chaos: the service does its work while its parts are killed, cut off, slowed, filled and set to wrong times.

    chaos.py SOURCE_ROOT BIN_DIR [--minutes 2] [--seed N] [--keep]

Prints the seed, and with it the same schedule can be had again. Exit code 0: every invariant holds, and every fault that this
machine can have did hit something. README.md says how to add a fault.
"""

import argparse
import collections
import json
import pathlib
import random
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support")]
sys.dont_write_bytecode = True
import disk  # noqa: E402
import faults  # noqa: E402
import invariants  # noqa: E402
import python_package  # noqa: E402
from checkpoints import Variants  # noqa: E402
from house import PACK, House  # noqa: E402
from ledger import Ledger  # noqa: E402
from processes import adopt_orphans, eventually  # noqa: E402

SECONDS_BETWEEN = 2.0   # faults begin so far apart, on average
AT_A_TIME = 3
SETTLE_SECONDS = 240    # no lease, back-off or clock jump lasts longer together
MOST_WAITING = 6        # jobs; submitters hold back beyond


def schedule(names, minutes, seed):
    """[(second, fault, its dice)]: rounds in which each fault comes once, so that none is left out."""
    dice, at, planned = random.Random(seed), 0.0, []
    while True:
        for name in dice.sample(names, len(names)):
            at += dice.expovariate(1 / SECONDS_BETWEEN)
            if at >= 60 * minutes:
                return planned
            planned.append((at, name, random.Random(dice.getrandbits(64))))


class Chaos:
    def __init__(self, house, planned, over):
        self.house, self.planned, self.over = house, planned, over
        self.done, self.hits, self.broken = collections.Counter(), collections.Counter(), []
        self._ground = threading.Semaphore(AT_A_TIME)

    def run(self, minutes, each_second):
        begin, left = time.monotonic(), collections.deque(self.planned)
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            while (now := time.monotonic() - begin) < 60 * minutes:
                while left and left[0][0] <= now and self._ground.acquire(blocking=False):
                    pool.submit(self.do, *left.popleft()[1:])
                each_second()
                self.over.wait(0.5)
            self.over.set()
        return len(left)

    def do(self, name, dice):
        try:
            hit = faults.FAULTS[name](self.house, dice, self.over.wait)
            self.done[name] += 1
            self.hits[name] += bool(hit)
        except Exception as error:  # a defect of the harness, or something that does not come back
            self.broken.append(f"{name}: {type(error).__name__}: {error}")
        finally:
            self._ground.release()


def make_networks(root, folder):
    environment = {"PYTHONPATH": str(root / "client/python"), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}
    for words in (["-m", "ventral.simulated", folder], [root / "tests/support/slow_network.py", folder / "slow.pt2"]):
        subprocess.run([sys.executable, *map(str, words)], check=True, env=environment, stdout=subprocess.DEVNULL)
    return [folder / f"{name}.pt2" for name in ("teacher", "random", "slow")]


def score_in_peace(house, file):
    """The report of `ventral score`, as JSON."""
    return house.ventral("score", file, "--pack", file.parent / PACK, "--threads", 1, "--json")


def numbers_of(report):
    return {score["benchmark"]: score["raw"] for score in json.loads(report)["scores"]}


def settle(house):
    """Faults are over: what was cut short is begun again, and every job ends."""
    house.start_postgres()
    for link in house.link.values():
        link.heal()
    for one in house.disks.values():
        one.free()
    if house.clock.is_real:
        house.clock.jump(0)

    def ended():
        house.keep()
        return house.rows("SELECT count(*) AS n FROM jobs WHERE state IN ('queued', 'running')")[0]["n"] == 0
    try:
        eventually(ended, "every job ends", SETTLE_SECONDS)
    except TimeoutError as error:
        print(error)  # the invariants tell which


def collect(house):
    """What no row names is removed by a server that collects; both servers start once more, which clears half uploads."""
    codes = house.stop()
    named = {row["sha256"] for row in house.rows(invariants.NAMED)}
    unnamed = [file for file in (house.folder / "blobs/store/sha256").glob("*/*") if file.name not in named]
    house.collecting = ["--collect-after-hours", f"{2 / 3600:.6f}"]  # what nobody touched for two seconds
    house.start_server("a")
    try:
        eventually(lambda: not any(file.exists() for file in unnamed), "blobs that nothing names are collected", 60)
    except TimeoutError:
        pass  # the invariants tell which
    codes.update(house.stop())
    return codes, len(unnamed)


def report(house, ledger, chaos, evidence, unnamed, skipped):
    print("\nfaults (done, of which something was hit):")
    for name in faults.FAULTS:
        print(f"  {name:24} " + (f"left out: {faults.LEFT_OUT[name]}" if name in faults.LEFT_OUT else
                                 f"{chaos.done[name]:4} {chaos.hits[name]:4}"))
    if skipped:
        print(f"  {skipped} of the schedule never had their turn")
    states = collections.Counter(job["state"] for job in evidence.jobs.values())
    causes = collections.Counter(job["failure_cause"] for job in evidence.in_state("failed"))
    attempts = [attempt for some in evidence.attempts.values() for attempt in some]
    outcomes = collections.Counter(attempt["failure_cause"] or attempt["outcome"] for attempt in attempts)
    print(f"\nsubmissions accepted {len(ledger.accepted)}, of which cancelled {sum(one.cancelled for one in ledger.accepted)}; refused and "
          f"tried again {sum(ledger.refusals.values())}: "
          + ", ".join(f"{who} {what} {number}" for (who, what), number in sorted(ledger.refusals.items())))
    print(f"jobs {len(evidence.jobs)}: {dict(states)}; failed as {dict(causes)}, "
          f"{sum(job['quarantined'] for job in evidence.jobs.values())} of them quarantined")
    print(f"attempts {len(attempts)}: {dict(outcomes)}")
    print(f"scores {sum(map(len, evidence.scores.values()))}, {len(evidence.scores)} jobs; succeeded after a fault: {len(rescued(evidence))}")
    print(f"blobs {len(evidence.blobs)}; named by nothing, and collected: {unnamed}")
    print("latecomer and doubles:", ", ".join(f"{name} {number}" for name, number in sorted(ledger.counts.items()) if name != "waiting"))
    print("started again because it had ended by itself:",
          ", ".join(f"{name} with {code}, {number} times" for (name, code), number in sorted(house.ended_by_themselves.items())) or "none")


def rescued(evidence):
    """Jobs that succeeded although an attempt at them had failed."""
    return [job for job in evidence.in_state("succeeded") if job["attempt_number"] > 1]


def counted_nothing(chaos, ledger, evidence):
    """A run in which nothing happened proves nothing."""
    for name in faults.FAULTS:
        if name not in faults.LEFT_OUT and not chaos.hits[name]:
            yield f"the fault '{name}' never hit anything"
    for what in ("leases lost on purpose", "completions sent twice", "failures sent twice", "late messages while another has the job",
                 "submissions sent again", "uploads abandoned"):
        if not ledger.counts[what]:
            yield f"there were no {what}"
    if not rescued(evidence):
        yield "no job went through a fault and succeeded"
    if len(evidence.scores) < 5:
        yield f"only {len(evidence.scores)} jobs have scores"


def main():
    asked = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    asked.add_argument("root", type=pathlib.Path)
    asked.add_argument("programs", type=pathlib.Path)
    asked.add_argument("--minutes", type=float, default=2)
    asked.add_argument("--seed", type=int, default=secrets.randbelow(1 << 32))
    asked.add_argument("--keep", action="store_true", help="leave the logs")
    asked = asked.parse_args()
    disk.enter_namespace()
    adopt_orphans()
    print(f"seed {asked.seed}, {asked.minutes} minutes", flush=True)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="ventral-chaos-"))
    folder.chmod(0o711)
    wrong = run(asked, folder)
    for part in folder.iterdir():
        if part.name != "logs":  # what was on disks of their own ends with this process
            shutil.rmtree(part, ignore_errors=True) if part.is_dir() else part.unlink()
    if wrong:
        print(f"\nFAILED with --seed {asked.seed} --minutes {asked.minutes}; logs are in {folder}/logs")
        for sentence in wrong[:100]:
            print("-", sentence)
        sys.exit(1)
    if not asked.keep:
        shutil.rmtree(folder)
    print("chaos: every invariant holds")


def run(asked, folder):
    root = asked.root.resolve()
    networks = make_networks(root, folder / "made")
    python_package.make(root, folder / "package")
    house = House(root, asked.programs.resolve(), folder)
    try:
        return disturb(asked, house, networks)
    finally:
        house.remove()


def disturb(asked, house, networks):
    from google.protobuf import json_format
    from latecomer import Latecomer
    from submitters import ByCommand, ByPython
    from ventral.v1 import report_pb2
    house.ventral("pack", "publish", networks[0].parent / PACK)
    reports = {file.stem: score_in_peace(house, file) for file in networks}
    reference = {name: numbers_of(said) for name, said in reports.items()}
    planned = schedule(faults.usable(house), asked.minutes, asked.seed)
    ledger, over = Ledger(), threading.Event()
    template = json_format.Parse(reports["teacher"], report_pb2.ScoreReport())
    variants = [Variants(file) for file in networks]
    people = [kind(name, house, ledger, variants, asked.seed, over, MOST_WAITING)
              for kind, name in ((ByPython, "mara-1"), (ByPython, "mara-2"), (ByCommand, "noor-1"), (ByCommand, "noor-2"))]
    late = [Latecomer(name, house, ledger, template, asked.seed, over) for name in ("latecomer-1", "latecomer-2")]
    threads = [*people, *late]
    for worker in house.workers.values():
        worker.start()
    for thread in threads:
        thread.start()
    chaos = Chaos(house, planned, over)

    def each_second():
        house.keep()
        try:
            ledger.counts["waiting"] = house.rows("SELECT count(*) AS n FROM jobs WHERE state IN ('queued', 'running')")[0]["n"]
        except RuntimeError:
            pass  # it is away

    skipped = chaos.run(asked.minutes, each_second)
    for thread in threads:
        thread.join(timeout=330)
    settle(house)
    codes, unnamed = collect(house)
    evidence = invariants.Evidence(house, ledger, chaos.hits, reference)
    report(house, ledger, chaos, evidence, unnamed, skipped)
    wrong = [f"{thread.name}: {thread.failed!r}" for thread in threads if thread.failed]
    wrong += chaos.broken + [f"{name} ended with {code} after SIGTERM" for name, code in codes.items() if code != 0]
    for sentence, check in invariants.INVARIANTS.items():
        found = list(check(evidence))
        print("ok:" if not found else "BROKEN:", sentence, flush=True)
        wrong += found
    return wrong + list(counted_nothing(chaos, ledger, evidence))


if __name__ == "__main__":
    main()
