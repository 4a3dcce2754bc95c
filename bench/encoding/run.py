"""Encoding models against scikit-learn and himalaya: the same arrays, the same cores, one after the other.

Usage: run.py BENCH_ENCODING [--splits-of-peer N] [--rounds N]

PLS: 10 random splits of 640 stimuli, one layer of 75,264 features, 50 neurons, 25 components. The peer's time is that of N
splits, times 10/N. Ridge: 20 penalties for each of 10,000 neuroids by 5 inner folds, 1,000 stimuli to fit on and 100 to
predict, 20,000 features. Ours includes the Gram matrix, made by extraction's own code (bench_gram, beside BENCH_ENCODING). Prints Markdown tables for bench/RESULTS.md.
"""

import argparse
import pathlib
import statistics
import subprocess
import tempfile
import time

import himalaya.backend
import numpy as np
import torch
from himalaya.kernel_ridge import KernelRidgeCV
from sklearn.cross_decomposition import PLSRegression


def seconds_of(work):
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def arrays(stimuli, features, neuroids, noise, seed):
    """Features whose variance falls as that of real layers, and responses that read the first hundred of them, with noise."""
    random = np.random.default_rng(seed)
    latent = random.standard_normal((stimuli, 300), dtype=np.float32) * (np.arange(1, 301, dtype=np.float32) ** -0.5)
    x = latent @ random.standard_normal((300, features), dtype=np.float32)
    x += 0.3 * random.standard_normal((stimuli, features), dtype=np.float32)
    y = latent[:, :100] @ random.standard_normal((100, neuroids), dtype=np.float32)
    return x, (y + noise * random.standard_normal(y.shape, dtype=np.float32)).astype(np.float32)


def gram_of(x):
    rows = torch.from_numpy(x).double()
    return (rows @ rows.T).numpy()


def median_of(rounds, words):
    """The median of the seconds that a program of ours prints, and its answer."""
    said = [subprocess.run(words, capture_output=True, text=True, check=True).stdout.split() for _ in range(rounds)]
    assert len({answer for _, answer in said}) == 1, "the same arrays gave different numbers"
    return statistics.median(float(seconds) for seconds, _ in said), float(said[0][1])


def ours(options, folder, kind, x, y, *rest):
    gram = gram_of(x)
    np.save(folder / "features.npy", x)
    np.save(folder / "gram.npy", (gram + gram.T) / 2)
    np.save(folder / "responses.npy", y)
    gram_seconds, trace = median_of(options.rounds, [options.program.with_name("bench_gram"), folder / "features.npy"])
    assert np.isclose(trace, np.trace(gram), rtol=1e-8), "extraction makes another Gram matrix"
    return gram_seconds, *median_of(options.rounds, [options.program, kind, folder / "gram.npy", folder / "responses.npy", *map(str, rest)])


def sklearn_pls(x, y, splits):
    random = np.random.default_rng(0)
    medians = []
    for _ in range(splits):
        order = random.permutation(len(x))
        train, test = order[:int(0.9 * len(x))], order[int(0.9 * len(x)):]
        predicted = PLSRegression(25, scale=False).fit(x[train], y[train]).predict(x[test])
        medians.append(np.median([np.corrcoef(p, r)[0, 1] for p, r in zip(predicted.T, y[test].T)]))
    return np.mean(medians)


def pls(options, folder):
    x, y = arrays(640, 75_264, 50, 1.0, 1)
    gram, rest, score = ours(options, folder, "pls", x, y, 10)
    spent, theirs = seconds_of(lambda: sklearn_pls(x, y, options.splits_of_peer))
    spent *= 10 / options.splits_of_peer
    print(f"| PLS | Gram {gram:.2f} s + {rest:.3f} s | scikit-learn {spent:.0f} s | {spent / (gram + rest):.0f} × "
          f"| scores {score:.3f}, {theirs:.3f} |", flush=True)


def ridge(options, folder):
    x, y = arrays(1100, 20_000, 10_000, 1.0, 2)
    penalties = np.logspace(0, 7, 20)
    gram, rest, square = ours(options, folder, "ridge", x, y, 100, *penalties)
    for backend in ("torch", "numpy"):
        himalaya.backend.set_backend(backend, on_error="raise")
        fit = lambda: KernelRidgeCV(alphas=penalties.astype(np.float32), kernel="linear", cv=5, fit_intercept=True).fit(x[:1000], y[:1000])
        spent, peer = seconds_of(lambda: np.asarray(fit().predict(x[1000:])))
        print(f"| ridge | Gram {gram:.2f} s + {rest:.2f} s | himalaya KernelRidgeCV, {backend} {spent:.1f} s | {spent / (gram + rest):.1f} × "
              f"| mean squared predictions {square:.3f}, {np.mean(peer ** 2):.3f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--splits-of-peer", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=("pls", "ridge"))
    options = parser.parse_args()
    print("| what | Ventral | peer | ratio | agreement |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name, work in (("ridge", ridge), ("pls", pls)):
            if options.only in (None, name):
                work(options, pathlib.Path(folder))


if __name__ == "__main__":
    main()
