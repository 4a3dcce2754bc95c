"""What other users feel while hostile clients attack: the p99 of a well-behaved user's calls, quiet and under attack, side by side.

Usage: run.py BIN_DIR PYTHON [--rounds 4] [--seconds 5] [--only NAME …] [--link 1gbit]
For each attack of tests/hostile/attacks.py, phases alternate, `rounds` times: quiet, with a process that only counts (what one more busy program
on this machine does), and attacked; a user calls GetLeaderboard, GetJob and ListJobs,
each 20 times a second, over one connection. Attackers have the machine's lowest priority, as they would come from other
machines; what the server does for them has its own. Over loopback they send as fast as memory is copied; with --link (as root) they sit in a
network namespace behind a link of that rate, as tc writes it. PYTHON has torch and grpcio-tools.
"""

import argparse
import collections
import contextlib
import io
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/hostile"), str(ROOT / "tests/support"), str(ROOT / "tests/e2e")]
sys.dont_write_bytecode = True

CALLS_A_SECOND = 20   # of each kind
WARM_UP = 1.0         # seconds of a phase that are not counted: the attack begins, or the last one ends


@contextlib.contextmanager
def linked(rate):
    """The address by which attackers reach the server, and the command that starts one at the other end of the link."""
    if not rate:
        yield None, []
        return
    space, near, far, net = f"ventral-{os.getpid()}", f"vh{os.getpid()}a", f"vh{os.getpid()}b", "10.213.77"
    inside, shaped = ["ip", "netns", "exec", space], ["root", "tbf", "rate", rate, "burst", "256kb", "latency", "50ms"]
    commands = [["ip", "netns", "add", space], ["ip", "link", "add", near, "type", "veth", "peer", "name", far, "netns", space]]
    for within, device, host in (([], near, 1), (inside, far, 2)):
        commands += [[*within, "ip", "address", "add", f"{net}.{host}/30", "dev", device], [*within, "ip", "link", "set", device, "up"],
                     [*within, "tc", "qdisc", "add", "dev", device, *shaped]]
    try:
        for command in commands:
            subprocess.run(command, check=True)
        yield f"{net}.1", inside
    finally:
        subprocess.run(["ip", "netns", "delete", space], check=False)  # and both ends of the link


class User:
    """Paced: each call has its time, and a late answer makes no other call later than it must be."""

    def __init__(self, seen):
        self.seen = seen
        self.asked = [("ScoreService", "GetLeaderboard", seen.message("GetLeaderboardRequest")),
                      ("JobService", "GetJob", seen.message("GetJobRequest", name=seen.scored)),
                      ("JobService", "ListJobs", seen.message("ListJobsRequest"))]

    def phase(self, seconds):
        """Seconds of each call, and how many failed."""
        taken, failed, lock = [], collections.Counter(), threading.Lock()
        begin = time.monotonic()

        def keep_asking(offset, service, method, request):
            request, at = request.SerializeToString(), begin + offset
            while at < begin + seconds:
                time.sleep(max(0.0, at - time.monotonic()))
                start = time.monotonic()
                status = self.seen.bytes("reader", service, method, request)
                with lock:
                    if start >= begin + WARM_UP:
                        # From when it was due: a server that holds one call up makes the next ones late.
                        taken.append(time.monotonic() - at)
                    if status != "OK":
                        failed[status] += 1
                at = max(at + 1 / CALLS_A_SECOND, time.monotonic() - 0.25)
        threads = [threading.Thread(target=keep_asking, args=(number / 60, *what)) for number, what in enumerate(self.asked)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return taken, failed


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000


def measure(victim, user, name, rounds, seconds, within):
    """One row: p50 and p99 of both, failures, the server's memory."""
    from hostile_test import end_attack, start_attack
    quiet, busy, attacked, failed, statuses, peak = [], [], [], collections.Counter(), collections.Counter(), 0.0
    for _ in range(rounds):
        quiet += user.phase(seconds + WARM_UP)[0]
        with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as counts:
            busy += user.phase(seconds + WARM_UP)[0]
            counts.kill()
        victim.clear_peak()
        attacker = start_attack(victim, name, seconds + WARM_UP + 1, [*within, "nice", "-n", "19"])
        time.sleep(1)  # Python starts
        taken, lost = user.phase(seconds + WARM_UP)
        attacked += taken
        failed += lost
        with contextlib.redirect_stdout(io.StringIO()):
            statuses.update(end_attack(attacker, name))
        peak = max(peak, victim.megabytes("VmHWM"))
    return {"quiet50": percentile(quiet, 0.5), "quiet99": percentile(quiet, 0.99),
            "busy99": percentile(busy, 0.99), "attack50": percentile(attacked, 0.5),
            "attack99": percentile(attacked, 0.99), "failed": ", ".join(f"{number} {status}" for status, number in failed.items()) or "0", "calls": len(attacked), "peak": peak,
            "statuses": dict(statuses)}


def main():
    asked = argparse.ArgumentParser()
    asked.add_argument("programs", type=pathlib.Path)
    asked.add_argument("python")
    asked.add_argument("--only", nargs="*", default=[], help="names of attacks")
    asked.add_argument("--rounds", type=int, default=4)
    asked.add_argument("--seconds", type=float, default=5)
    asked.add_argument("--link", default="", help="rate of the attackers' link, such as 1gbit; none: loopback")
    asked = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="ventral-hostile-") as scratch, linked(asked.link) as (outside, within):
        folder = pathlib.Path(scratch)
        folder.chmod(0o711)
        from hostile_test import make_noors_request, make_victim
        victim = make_victim(ROOT, asked.programs.resolve(), folder, asked.python, outside)
        try:
            make_noors_request(victim)
            from attacks import ATTACKS
            from seen import Seen
            user = User(Seen(folder / "victim.json"))
            print("| attack | quiet p50, p99 ms | p99 beside a busy process | attacked p50, p99 ms | ratio of p99, to quiet | calls, failed | server at most | answers |\n|---|---|---|---|---|---|---|---|")
            for name in asked.only or ATTACKS:
                row = measure(victim, user, name, asked.rounds, asked.seconds, within)
                answers = ", ".join(f"{status} {number}" for status, number in sorted(row["statuses"].items()))
                print(f"| {name} | {row['quiet50']:.1f}, {row['quiet99']:.1f} | {row['busy99']:.1f} | {row['attack50']:.1f}, {row['attack99']:.1f} | "
                      f"{row['attack99'] / row['quiet99']:.2f} | {row['calls']}, {row['failed']} | {row['peak']:.0f} MB | {answers} |", flush=True)
        finally:
            victim.remove()


if __name__ == "__main__":
    main()
