"""RSA against rsatoolbox: the same arrays, the same cores, one after the other.

Usage: run.py BENCH_RSA [--resamples-of-peer N] [--comparators NAME…] [--rounds N] [--only dual|whitened]

dual: the dual bootstrap (1,000 resamples) of 10 fixed models on 92 stimuli and 4 subjects, ceilings resampled along. The peer's
time is that of N resamples, times 1,000/N. whitened: whitened correlation with a noise covariance between stimuli, of one model and one
subject. Prints Markdown tables for bench/RESULTS.md.
"""

import argparse
import json
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import rsatoolbox
from rsatoolbox.inference import eval_dual_bootstrap
from scipy.spatial.distance import pdist, squareform

PEERS = {"spearman": "spearman", "pearson": "corr", "cosine": "cosine", "tau_a": "tau-a", "whitened_correlation": "corr_cov"}


def seconds_of(work):
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def rdms(random, count, stimuli, common):
    """Of points near common ones."""
    return np.stack([squareform(pdist(common + 0.7 * random.standard_normal(common.shape), "sqeuclidean")) for _ in range(count)])


def ours(options, *words):
    """Median seconds, peak megabytes of the process, the numbers."""
    seconds, answers = [], []
    for _ in range(options.rounds):
        done = subprocess.run(["/usr/bin/env", "time", "-f", "%M", options.program, *map(str, words)], capture_output=True, text=True, check=True)
        spent, numbers = done.stdout.split(" ", 1)
        seconds.append(float(spent))
        answers.append(numbers)
    assert len(set(answers)) == 1, "the same arrays gave different numbers"
    return statistics.median(seconds), int(done.stderr.split()[-1]) / 1024, np.array(json.loads(answers[0]))


def dual(options, folder):
    random = np.random.default_rng(1)
    common = random.standard_normal((92, 10))
    models, subjects = rdms(random, 10, 92, common), rdms(random, 4, 92, common)
    np.save(folder / "models.npy", models)
    np.save(folder / "subjects.npy", subjects)
    data = rsatoolbox.rdm.RDMs(subjects)
    fixed = [rsatoolbox.model.ModelFixed(str(number), rsatoolbox.rdm.RDMs(model[None])) for number, model in enumerate(models)]
    print("| comparator | Ventral, 1 thread | 2 threads | rsatoolbox | ratio, 1 thread | 2 threads | variances, ratio |\n|---|---|---|---|---|---|---|")
    for name in options.comparators:
        theirs_name = PEERS[name]
        one, _, variances = ours(options, "dual", name, folder / "models.npy", folder / "subjects.npy", 1000, 1)
        two, _, same = ours(options, "dual", name, folder / "models.npy", folder / "subjects.npy", 1000, 2)
        assert (variances == same).all(), "threads changed a bit"
        np.random.seed(1)
        theirs, result = seconds_of(lambda: eval_dual_bootstrap(fixed, data, method=theirs_name, N=options.resamples_of_peer))
        theirs *= 1000 / options.resamples_of_peer
        ratio = np.median(variances / result.model_var)
        print(f"| {name} | {one:.2f} s | {two:.2f} s | {theirs:.0f} s | {theirs / one:.0f} × | {theirs / two:.0f} × | {ratio:.2f} |", flush=True)


def whitened(options, folder):
    random = np.random.default_rng(2)
    print("| stimuli | Ventral | peak | rsatoolbox | peak | ratio | difference |\n|---|---|---|---|---|---|---|")
    for stimuli in options.stimuli:
        common = random.standard_normal((stimuli, 20))
        models, subjects = rdms(random, 1, stimuli, common), rdms(random, 1, stimuli, common)
        mixed = random.standard_normal((stimuli, 2 * stimuli))
        noise = mixed @ mixed.T / stimuli
        for name, array in (("models", models), ("subjects", subjects), ("noise", noise)):
            np.save(folder / f"{name}.npy", array)
        spent, peak, answer = ours(options, "whitened", *(folder / f"{name}.npy" for name in ("models", "subjects", "noise")))
        theirs = subprocess.run([sys.executable, __file__, "--peer", folder], capture_output=True, text=True) if stimuli <= options.peer_up_to else None
        if theirs is None:
            row = "not run | | | "
        elif theirs.returncode:
            row = f"ends: {theirs.stderr.strip().splitlines()[-1][:90] if theirs.stderr.strip() else 'signal'} | | | "
        else:
            seconds, megabytes, r = map(float, theirs.stdout.split()[-3:])
            row = f"{seconds:.2f} s | {megabytes:.0f} MB | {seconds / spent:.0f} × | {abs(r - answer[0]):.1e}"
        print(f"| {stimuli} | {spent:.2f} s | {peak:.0f} MB | {row} |", flush=True)


def peer(folder):
    """In a process of its own, for its peak memory."""
    models, subjects, noise = (np.load(folder / f"{name}.npy") for name in ("models", "subjects", "noise"))
    compare = lambda: rsatoolbox.rdm.compare(rsatoolbox.rdm.RDMs(models), rsatoolbox.rdm.RDMs(subjects), "corr_cov", noise)
    spent, r = seconds_of(compare)
    print(spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, r[0, 0])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", nargs="?", type=pathlib.Path)
    parser.add_argument("--resamples-of-peer", type=int, default=50)
    parser.add_argument("--comparators", nargs="+", choices=PEERS, default=list(PEERS))
    parser.add_argument("--stimuli", type=int, nargs="+", default=[100, 200, 1000], help="of whitened")
    parser.add_argument("--peer-up-to", type=int, default=200, help="stimuli; the peer's memory grows with their fourth power")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=("dual", "whitened"))
    parser.add_argument("--peer", type=pathlib.Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peer:
        peer(options.peer)
        return
    with tempfile.TemporaryDirectory() as folder:
        for work in (dual, whitened):
            if options.only in (None, work.__name__):
                work(options, pathlib.Path(folder))


if __name__ == "__main__":
    main()
