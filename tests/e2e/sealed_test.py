"""A checkpoint's process, looked at from outside while it runs: what it holds, and what it does not.

Usage: sealed_test.py SOURCE_ROOT BIN_DIR PYTHON

A row of numbers is planted in a recording. The extractor is stopped once it is sealed, and its memory searched for it,
which the evaluator's memory holds (so that the search is known to find it), and for a stimulus, which it does hold.
"""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from quickstart_test import expect, run  # noqa: E402

# The numbers, in order, are the pattern; they are responses like others, and no library has them.
PLANT = """
import sys, numpy
trials = numpy.load(sys.argv[1])
trials.reshape(-1)[:16] = numpy.random.default_rng(20080610).normal(size=16)
numpy.save(sys.argv[1], trials)
for kind in ("<f4", "<f8"):
    print(trials.reshape(-1)[:4].astype(kind).tobytes().hex())
"""


def status(pid):
    return dict(line.split(":\t", 1) for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines())


def child_named(parent, name, deadline):
    """The pid of the child of `parent` that runs the program `name`."""
    while time.monotonic() < deadline:
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                about = status(process.name)
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(about["PPid"]) == parent and about["Name"] == name[:15]:
                return int(process.name)
        time.sleep(0.002)
    return None


def stop_when_sealed(pid, deadline):
    while time.monotonic() < deadline:
        if status(pid)["Seccomp"] == "2":
            os.kill(pid, signal.SIGSTOP)
            return True
        time.sleep(0.001)
    return False


def holds(pid, patterns):
    """Whether the process's memory, read whole, has one of the patterns."""
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            span, rights = line.split()[:2]
            if "r" not in rights or "[v" in line:
                continue
            start, end = (int(side, 16) for side in span.split("-"))
            tail = b""
            while start < end:
                try:
                    memory.seek(start)
                    piece = memory.read(min(end - start, 1 << 24))
                except (OSError, ValueError):
                    break
                if not piece:
                    break
                if any(pattern in tail + piece for pattern in patterns):
                    return True
                tail = piece[-256:]
                start += len(piece)
    return False


def look_inside(extractor, evaluator, planted, stimulus):
    seen = status(extractor)
    for task in pathlib.Path(f"/proc/{extractor}/task").iterdir():
        thread = dict(line.split(":\t", 1) for line in (task / "status").read_text().splitlines())
        expect(thread["Seccomp"] == "2" and thread["NoNewPrivs"] == "1" and int(thread["CapEff"], 16) == 0
               and int(thread["CapPrm"], 16) == 0, f"thread {task.name} is sealed and has no capability", str(thread))
    descriptors = {fd.name: os.readlink(fd) for fd in pathlib.Path(f"/proc/{extractor}/fd").iterdir()}
    expect(len(descriptors) == 3 and all(target.startswith("pipe:") for target in descriptors.values()),
           "it holds its pipes and nothing else", str(descriptors))
    environment = pathlib.Path(f"/proc/{extractor}/environ").read_bytes()
    expect(b"PATH" not in environment and b"SECRET" not in environment, "it has no environment of ours", str(environment))
    maps = pathlib.Path(f"/proc/{extractor}/maps").read_text()
    expect("trials.npy" not in maps and ".npy" not in maps, "no recording is mapped", maps)
    if "NSpid" in seen and len(seen["NSpid"].split()) > 1:
        expect(os.listdir(f"/proc/{extractor}/root") == [], "its root is empty", "")
        print("- in namespaces of its own, its root is empty")
    else:
        print("- skipped: the kernel gives no namespaces here, so the root is not empty")
    expect(holds(evaluator, planted), "the evaluator's memory holds the recording (or the search finds nothing)", "")
    expect(holds(extractor, [stimulus]), "the extractor's memory holds its stimuli (or the search finds nothing)", "")
    expect(not holds(extractor, planted), "the extractor's memory does not hold the recording", "")


def main():
    root, programs, python = sys.argv[1:4]
    if os.geteuid() != 0:
        print("skipped: reading another process's memory needs root")
        return
    with tempfile.TemporaryDirectory(prefix="ventral-sealed-") as folder:
        made = pathlib.Path(folder, "made")
        environment = {**os.environ, "PYTHONPATH": f"{root}/client/python", "SECRET": "planted"}
        run([python, "-m", "ventral.simulated", made], environment)
        pack = made / "simulated-cortex"
        planted = subprocess.run([python, "-c", PLANT, pack / "trials.npy"], capture_output=True, text=True, check=True)
        patterns = [bytes.fromhex(line) for line in planted.stdout.split()]
        stimulus = sorted((pack / "stimuli").iterdir())[0].read_bytes()[8:200]
        score = subprocess.Popen([f"{programs}/ventral", "score", made / "teacher.pt2", "--pack", pack, "--json"], env=environment,
                                 stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 120
        evaluator = child_named(score.pid, "ventral-evaluate", deadline)
        extractor = child_named(evaluator, "ventral-extract", deadline)
        expect(extractor is not None and stop_when_sealed(extractor, deadline), "the extractor is sealed", "")
        try:
            look_inside(extractor, evaluator, patterns, stimulus)
        finally:
            os.kill(extractor, signal.SIGCONT)
        report, _ = score.communicate(timeout=300)
        expect(score.returncode == 0 and b'"scores"' in report, "the run ends as ever", str(score.returncode))
    print("the checkpoint's process is sealed and holds no recording")


if __name__ == "__main__":
    main()
