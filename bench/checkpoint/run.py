"""A whole checkpoint on the three public packs, network to report: `ventral score` against Python scripts that do the same.

Usage: run.py VENTRAL SHARED [--work DIR] [--rounds N] [--programs NAME…]

Programs take turns, each alone, on the same cores. `ventral` is three commands, one a pack, with the default memory budget (4 GiB of
activations); `ventral-1GiB` the same with another. `libraries` and `by-hand` are peer.py. Of `libraries` a part is run: its RSA draws
--resamples-of-libraries of 1,000, its ridge makes --folds-of-libraries of 10 folds, and the seconds of these stages are multiplied.
On a machine that does other work, too, `taskset -c 0 run.py …` gives all of them one core, and processor seconds can be compared.
Not counted: building the packs, and exporting the checkpoint (a peer has the network in memory); the latter is said.
What was measured is kept in DIR, and a further run adds to it: so parts can be measured at different times.
Prints Markdown for bench/RESULTS.md.

Example: run.py build/dev/bin/ventral ../shared --rounds 3 --programs ventral by-hand
"""

import argparse
import json
import pathlib
import statistics
import sys
import tempfile

import agree
import measured

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PACKS = ["kriegeskorte2008", "algonauts2019", "cowley2023_v4"]
PROGRAMS = ["ventral", "ventral-1GiB", "by-hand", "libraries"]


def prepare(options):
    """Packs and checkpoint in the work folder, where they are not there yet."""
    packs, checkpoint = [options.work / name for name in PACKS], options.work / "squeezenet1_1.pt2"
    with open(options.work / "prepare.log", "w") as log:
        for folder in packs:
            if not folder.is_dir():
                measured.run([options.ventral, "pack", "build", ROOT / "benchmarks" / folder.name, "--from", options.shared / "data",
                              "--out", folder], log)
        if not checkpoint.exists():
            cost, _ = measured.run(["env", f"PYTHONPATH={ROOT / 'client/python'}", sys.executable, "-m", "ventral.export_known", "squeezenet1_1",
                                    "--models", options.shared / "models", "--out", checkpoint], log)
            print(f"exported in {cost.seconds:.1f} s, not counted below", flush=True)
    return packs, checkpoint


def ours(options, packs, checkpoint, *more):
    costs, reports = [], []
    with open(options.work / "ventral.log", "w") as log:
        for folder in packs:
            cost, answer = measured.run([options.ventral, "score", checkpoint, "--pack", folder, "--json", *more], log)
            costs.append(cost)
            reports.append(json.loads(answer))
    (options.work / "ventral.json").write_text(json.dumps(reports))
    return {"seconds": sum(cost.seconds for cost in costs), "processor_seconds": sum(cost.processor_seconds for cost in costs),
            "largest_mib": max(cost.largest_mib for cost in costs), "sum_mib": max(cost.sum_mib for cost in costs),
            "of_packs": [cost.seconds for cost in costs]}


def peer(options, packs, name, resamples, folds, *more):
    """With so many of 1,000 resamples of RSA and of 10 folds of ridge; what was left out is added, in proportion."""
    out = options.work / f"{name}.json"
    words = [sys.executable, HERE / "peer.py", "--packs", *packs, "--models", options.shared / "models", "--out", out,
             "--resamples", str(resamples), *([] if folds == 10 else ["--folds", str(folds)]), *more]
    with open(options.work / f"{name}.log", "w") as log:
        spent, _ = measured.run(words, log)
    cost, report = vars(spent), json.loads(out.read_text())
    for stage, factor in {"RSA, resamples": 1000 / resamples, "ridge, folds": 10 / folds}.items():
        for key in ("seconds", "processor_seconds"):
            cost[key] += report[key][stage] * (factor - 1)
    return {**cost, "stages": report["processor_seconds"]}


def measure(options):
    packs, checkpoint = prepare(options)
    kept = options.work / "costs.json"
    costs = json.loads(kept.read_text()) if kept.exists() else []
    work = {"ventral": lambda: ours(options, packs, checkpoint),
            "ventral-1GiB": lambda: ours(options, packs, checkpoint, "--memory-budget", "1GiB"),
            "by-hand": lambda: peer(options, packs, "by-hand", options.resamples_by_hand, 10, "--by-hand"),
            "libraries": lambda: peer(options, packs, "libraries", options.resamples_of_libraries, options.folds_of_libraries)}
    for _ in range(options.rounds):
        for name in options.programs:
            costs.append({"program": name, **work[name]()})
            print(json.dumps(costs[-1]), file=sys.stderr, flush=True)
            kept.write_text(json.dumps(costs))
    return costs


def table(costs):
    print("\n| program | runs | seconds | processor seconds | largest process | sum of the peaks of all |\n|---|---|---|---|---|---|")
    for name in PROGRAMS:
        mine = [cost for cost in costs if cost["program"] == name]
        if not mine:
            continue
        middle = lambda key: statistics.median(cost[key] for cost in mine)
        seconds = sorted(cost["seconds"] for cost in mine)
        spread = f" ({seconds[0]:.1f} to {seconds[-1]:.1f})" if len(mine) > 1 else ""
        print(f"| {name} | {len(mine)} | {middle('seconds'):.1f}{spread} | {middle('processor_seconds'):.1f} | {middle('largest_mib'):,.0f} MiB "
              f"| {middle('sum_mib'):,.0f} MiB |")
    for name in ("by-hand", "libraries"):
        for cost in [cost for cost in costs if cost["program"] == name][-1:]:
            stages = ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in cost["stages"].items())
            print(f"\nprocessor seconds of {name}, of the parts that were run: {stages}")


def agreement(work):
    mine = work / "ventral.json"
    if not mine.exists():
        return
    print("\n| peer | what | largest difference |\n|---|---|---|")
    files = {name: work / f"{name}.json" for name in ("by-hand", "libraries")}
    reports = {name: json.loads(file.read_text())["scores"] for name, file in files.items() if file.exists()}
    for name, scores in reports.items():
        for what, difference in agree.differences(json.loads(mine.read_text()), scores).items():
            print(f"| {name} | {what} | {difference:.1e} |")
    if len(reports) == 2:
        print(f"| libraries | r of single neuroids in the folds that were run, against by-hand | {agree.between(*reports.values()):.1e} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ventral", type=pathlib.Path, help="the program, with the others of its build beside it")
    parser.add_argument("shared", type=pathlib.Path, help="the folder with data/ and models/")
    parser.add_argument("--work", type=pathlib.Path, help="kept between runs; default: a temporary folder")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--programs", nargs="*", choices=PROGRAMS, default=PROGRAMS, help="none: only print what is kept")
    parser.add_argument("--resamples-by-hand", type=int, default=1000)
    parser.add_argument("--resamples-of-libraries", type=int, default=50)
    parser.add_argument("--folds-of-libraries", type=int, default=1)
    options = parser.parse_args()
    for part in ("data", "models"):
        if not (options.shared / part).is_dir():
            parser.error(f"{options.shared} has no folder {part}/: give the folder with the public recordings and networks")
    with tempfile.TemporaryDirectory() as scratch:
        options.work = options.work or pathlib.Path(scratch)
        options.work.mkdir(parents=True, exist_ok=True)
        table(measure(options))
        agreement(options.work)


if __name__ == "__main__":
    main()
