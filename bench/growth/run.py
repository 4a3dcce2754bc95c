"""How processor seconds and peak memory grow with stimuli, features, neuroids and resamples.

Usage: run.py BIN OUT.json [--axes NAME…] [--rounds N]     then: plot.py OUT.json FOLDER

BIN is the folder of bench_growth and ventral-extract. Sizes double; each run is a process of its own, medians of N runs where one takes
less than 1 s. What is already in OUT.json is kept, so that axes can be measured at different times.

Example: run.py build/dev/bin growth.json --axes stimuli neuroids
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "extraction"))
import memory  # noqa: E402

BUDGETS = {"one pass": 8192, "in budget": 512}  # MiB


def doubling(first, last):
    return [first * 2**step for step in range((last // first).bit_length())]


# axis → metric → (what is fixed, sizes). Of rsa: 4 subjects.
SCORING = {
    "stimuli": {
        "rsa": ({"layers": 8, "resamples": 20}, doubling(32, 1024)),
        "cka": ({"layers": 8, "neuroids": 64, "resamples": 20}, doubling(32, 1024)),
        "ridge": ({"layers": 1, "neuroids": 64, "resamples": 1000}, doubling(64, 2048)),
        "pls": ({"layers": 1, "neuroids": 64, "resamples": 1000}, doubling(64, 2048)),
    },
    "neuroids": {metric: ({"stimuli": 256, "layers": 1, "resamples": 100}, doubling(64, 16384)) for metric in ("cka", "ridge", "pls")},
    "resamples": {
        "rsa": ({"stimuli": 92, "layers": 12}, doubling(125, 8000)),
        "cka": ({"stimuli": 92, "neuroids": 64, "layers": 12}, doubling(125, 8000)),
        "ridge": ({"stimuli": 92, "neuroids": 64, "layers": 12}, doubling(125, 8000)),
    },
}
SECONDS_ENOUGH = 1
SIDES = [32, 45, 64, 90, 128, 181, 250]  # of the images: 48 · side² features, 49,152 to 3,000,000


def median_of(rounds, work):
    """Of what the work measures, its processor seconds first; a run that takes SECONDS_ENOUGH is not repeated."""
    runs = [work()]
    while len(runs) < rounds and runs[0][0] < SECONDS_ENOUGH:
        runs.append(work())
    return [statistics.median(column) for column in zip(*runs)]


def score(options, metric, sizes):
    """Processor seconds and peak MiB."""
    words = [str(sizes.get(key, 1)) for key in ("stimuli", "neuroids", "subjects", "layers", "resamples")]
    done = subprocess.run([options.bin / "bench_growth", metric, *words], stdout=subprocess.PIPE, text=True, check=True)
    _, processor_seconds, peak = map(float, done.stdout.split())
    return processor_seconds, peak


def scoring(options, axis):
    for metric, (fixed, sizes) in SCORING[axis].items():
        rows = []
        for size in sizes:
            rows.append([size, *median_of(options.rounds, lambda: score(options, metric, {"subjects": 4, **fixed, axis: size}))])
            print(axis, metric, rows[-1], file=sys.stderr, flush=True)
        yield metric, {"fixed": fixed, "rows": rows}


def features(options):
    """Extraction of one layer of `options.stimuli` stimuli, all of it held at once and within a budget."""
    rows = {series: [] for series in BUDGETS}
    for side in SIDES:
        with tempfile.TemporaryDirectory() as folder:
            checkpoint, files = memory.make(pathlib.Path(folder), options.stimuli, side)
            for series, budget in BUDGETS.items():
                extract = lambda: memory.run(options.bin / "ventral-extract", checkpoint, files, budget / 1024)[1:4]
                rows[series].append([48 * side**2, *median_of(options.rounds, extract)])
                print("features", series, rows[series][-1], file=sys.stderr, flush=True)
    for series, budget in BUDGETS.items():
        yield series, {"fixed": {"stimuli": options.stimuli, "budget_mib": budget}, "rows": rows[series]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--axes", nargs="+", choices=[*SCORING, "features"], default=[*SCORING, "features"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--stimuli", type=int, default=256, help="of the axis features")
    options = parser.parse_args()
    measured = json.loads(options.out.read_text()) if options.out.exists() else {}
    for axis in options.axes:
        measured[axis] = dict(features(options) if axis == "features" else scoring(options, axis))
        options.out.write_text(json.dumps(measured, indent=1))


if __name__ == "__main__":
    main()
