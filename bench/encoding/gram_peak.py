"""Extraction's Gram matrix against what the machine's BLAS reaches: symmetric and full products, in double and in single precision.

Usage: gram_peak.py BENCH_GRAM [--stimuli 1000] [--features 100000] [--rounds 5]

All by turns on the same array, medians. Operations of a symmetric product are n²·p, of a full one 2·n²·p; ours counts as symmetric,
and its time holds the conversion from float32. SYRK is NumPy's (OpenBLAS), GEMM is PyTorch's (MKL).
"""

import argparse
import pathlib
import statistics
import subprocess
import tempfile
import time

import numpy as np
import torch


def seconds_of(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], formatter_class=argparse.RawDescriptionHelpFormatter,
                                     epilog="example: gram_peak.py build/dev/bin/bench_gram")
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--stimuli", type=int, default=1000)
    parser.add_argument("--features", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    single = np.random.default_rng(0).standard_normal((options.stimuli, options.features), dtype=np.float32)
    double = single.astype(np.float64)
    one, two = torch.from_numpy(single), torch.from_numpy(double)
    operations = options.stimuli**2 * options.features
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "features.npy"
        np.save(file, single)

        def ours():
            return float(subprocess.run([options.program, file], capture_output=True, text=True, check=True).stdout.split()[0])

        what = {
            "Ventral, in double": (ours, 1),
            "DSYRK": (lambda: seconds_of(lambda: double @ double.T), 1),
            "DGEMM": (lambda: seconds_of(lambda: torch.matmul(two, two.T)), 2),
            "SSYRK": (lambda: seconds_of(lambda: single @ single.T), 1),
            "SGEMM": (lambda: seconds_of(lambda: torch.matmul(one, one.T)), 2),
        }
        seconds = {name: [] for name in what}
        for _ in range(options.rounds):
            for name, (run, _) in what.items():
                seconds[name].append(run())
    rates = {name: factor * operations / statistics.median(seconds[name]) / 1e9 for name, (_, factor) in what.items()}
    ours = rates["Ventral, in double"]
    print("| product | seconds | GFlop/s | Ventral, of it |\n|---|---|---|---|")
    for name, rate in rates.items():
        print(f"| {name} | {statistics.median(seconds[name]):.2f} | {rate:.0f} | {ours / rate:.0%} |")


if __name__ == "__main__":
    main()
