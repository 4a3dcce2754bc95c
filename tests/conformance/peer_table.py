"""What the scripts beside this one share: the driver run on arrays, and the table of differences that they print.

Their usage: SCRIPT METRICS_DRIVER SHARED
The table: what, peer and version, cases, largest difference, allowed. They exit 1 where a difference is above what is
allowed, 77 where a peer is not installed. Real arrays are left out, saying so, where SHARED is not there.
"""

import importlib.metadata
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

DRIVER, SHARED = sys.argv[1], pathlib.Path(sys.argv[2])
table = {}


def peer(name):
    return f"{name} {importlib.metadata.version(name)}"


def record(what, who, ours, theirs, allowed):
    """Notes the largest difference of one case; NaN must meet NaN."""
    ours, theirs = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    assert ours.shape == theirs.shape, f"{what}: shapes {ours.shape} and {theirs.shape}"
    assert ours.size and (np.isnan(ours) == np.isnan(theirs)).all(), f"{what}: NaN where the other has none"
    cases, largest, _ = table.get((what, who), (0, 0.0, allowed))
    table[what, who] = (cases + 1, max(largest, np.nanmax(np.abs(ours - theirs))), allowed)


def ventral(scratch, *arguments):
    """Runs the driver; arrays among the arguments go through files."""
    words = []
    for place, argument in enumerate(arguments):
        if isinstance(argument, np.ndarray):
            np.save(scratch / f"{place}.npy", argument)
            argument = scratch / f"{place}.npy"
        words.append(str(argument))
    done = subprocess.run([DRIVER, *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def print_table():
    """The exit status: 0 where no difference is above what is allowed."""
    print(f"{'what':42} {'peer':24} {'cases':>5} {'largest difference':>19} {'allowed':>9}")
    for (what, who), (cases, largest, allowed) in table.items():
        print(f"{what:42} {who:24} {cases:5} {largest:19.2e} {allowed:9.1e}{'' if largest <= allowed else '  <- ABOVE'}")
    return 0 if all(largest <= allowed for _, largest, allowed in table.values()) else 1


def run(random_arrays, real_arrays):
    with tempfile.TemporaryDirectory() as folder:
        random_arrays(pathlib.Path(folder))
        if (SHARED / "data").is_dir():
            real_arrays(pathlib.Path(folder))
        else:
            print(f"{SHARED}/data is not there: real arrays left out")
    return print_table()
