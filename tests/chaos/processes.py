"""Programs that are started, killed and started again, and what is left of them in the process table."""

import ctypes
import os
import pathlib
import signal
import subprocess
import threading
import time

PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans():
    """Whatever a killed program leaves behind becomes a child of this process, and so is found."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")


def eventually(condition, what, seconds=120.0):
    end = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > end:
            raise TimeoutError(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.05)
    return value


def running():
    """{pid: (parent, program)} of all processes that have not ended; a zombie has."""
    found = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state, parent = entry.joinpath("stat").read_text().rsplit(")", 1)[1].split()[:2]
                if state not in "ZX":
                    found[int(entry.name)] = (int(parent), os.path.basename(os.readlink(entry / "exe")))
            except OSError:
                pass  # it ended meanwhile
    return found


def below(root):
    """{pid: program} of the descendants of process `root`."""
    table, found, parents = running(), {}, {root}
    while parents:
        parents = {pid for pid, (parent, _) in table.items() if parent in parents and pid not in found}
        found.update({pid: table[pid][1] for pid in parents})
    return found


def children_named(root, program):
    return [pid for pid, name in below(root).items() if name == program]


class Program:
    """One of the service's programs. `command` is asked anew at each start."""

    def __init__(self, name, command, log, environment):
        self.name, self._command, self._log, self._environment = name, command, log, environment
        self.lock = threading.Lock()  # who kills it, starts it again
        self._process, self.starts = None, 0

    @property
    def pid(self):
        return self._process.pid

    def start(self):
        with open(self._log, "a") as log:
            self._process = subprocess.Popen([str(word) for word in self._command()], stdin=subprocess.DEVNULL, stdout=log,
                                             stderr=log, env=self._environment)
        self.starts += 1

    @property
    def exit_code(self):
        """Of the last one that ended; None while it runs."""
        return self._process.poll()

    def is_running(self):
        return self._process is not None and self._process.poll() is None

    def kill(self):
        """SIGKILL to it alone."""
        self._process.kill()
        self._process.wait()

    def stop(self, seconds=90):
        """Its exit code after SIGTERM; None where it had to be killed."""
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return None
