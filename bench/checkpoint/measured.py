"""What a command costs, with every process that it starts."""

import dataclasses
import os
import subprocess
import time

POLL_SECONDS = 0.05


@dataclasses.dataclass
class Cost:
    seconds: float
    processor_seconds: float
    largest_mib: float  # the peak of the largest process
    sum_mib: float      # of the peaks of all: more than they ever had at once


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


def descendants(pid):
    found = [pid]
    for one in found:
        found.extend(children(one))
    return found


def peak_kib(pid):
    """VmHWM; 0 of a process that has ended."""
    try:
        with open(f"/proc/{pid}/status") as file:
            return next((int(line.split()[1]) for line in file if line.startswith("VmHWM:")), 0)
    except OSError:
        return 0


def run(words, log):
    """(Cost, stdout) of the command; its stderr goes to the open file `log`."""
    peaks = {}
    start = time.perf_counter()
    with subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE, stderr=log) as process:
        os.set_blocking(process.stdout.fileno(), False)
        answer = b""
        while True:
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
            seconds = time.perf_counter() - start
            answer += process.stdout.read() or b""
            if ended:
                break
            for pid in descendants(process.pid):
                peaks[pid] = max(peaks.get(pid, 0), peak_kib(pid))
            time.sleep(POLL_SECONDS)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, words)
    largest = max(usage.ru_maxrss, *peaks.values())
    return Cost(seconds, usage.ru_utime + usage.ru_stime, largest / 1024, sum(peaks.values()) / 1024), answer
