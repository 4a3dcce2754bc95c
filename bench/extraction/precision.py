"""What a Gram matrix in single precision would change: the error of X·Xᵀ by sgemm, against doubles, on a real network's blocks.

Usage: precision.py --packs RSA_PACK RIDGE_PACK --models DIR

For each block of SqueezeNet: of the first pack the distances 1 − r and their Spearman correlation with a subject's; of the second
the predictions of ridge on held-out stimuli, dual, with three penalties. *plain* is one product in float32, *in pieces* sums
float32 products of 512 features each in double. Ventral's own Gram matrices are in double.
"""

import argparse
import pathlib
import sys

import numpy as np
import scipy.stats

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "checkpoint"))
import peer  # noqa: E402

PIECE = 512
PENALTIES = (1e-6, 1e-3, 1.0)  # of the Gram matrix's mean eigenvalue


def grams(features):
    pieces = sum((part @ part.T).astype(np.float64) for part in np.array_split(features, -(-features.shape[1] // PIECE), axis=1))
    doubles = features.astype(np.float64)
    return doubles @ doubles.T, {"plain": (features @ features.T).astype(np.float64), "in pieces": pieces}


def distances(gram):
    p = gram.shape[0]
    return gram[np.triu_indices(p, 1)]


def rdm(gram, sums, features):
    covariance = gram - np.outer(sums, sums) / features
    scale = np.sqrt(np.diag(covariance))
    return distances(1 - covariance / np.outer(scale, scale))


def predictions(gram, responses, penalty):
    n = len(gram)
    train, test = np.arange(n) % 5 != 0, np.arange(n) % 5 == 0
    kernel, across = gram[np.ix_(train, train)], gram[np.ix_(test, train)]
    centred = kernel - kernel.mean(0) - kernel.mean(1)[:, None] + kernel.mean()
    seen = across - across.mean(1)[:, None] - kernel.mean(0) + kernel.mean()
    mean = responses[train].mean(0)
    alpha = penalty * np.trace(centred) / len(centred)
    return mean + seen @ np.linalg.solve(centred + alpha * np.eye(len(centred)), responses[train] - mean)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], formatter_class=argparse.RawDescriptionHelpFormatter,
                                     epilog="example: precision.py --packs packs/kriegeskorte2008 packs/cowley2023_v4 --models ../shared/models")
    parser.add_argument("--packs", nargs=2, type=pathlib.Path, required=True)
    parser.add_argument("--models", type=pathlib.Path, required=True)
    options = parser.parse_args()
    net, entry = peer.export_known.load(options.models, "squeezenet1_1")
    layers = peer.export_known.layers_of(net, entry["class"])
    rsa, ridge = (peer.Pack(folder) for folder in options.packs)
    subject = distances(rsa.rdms(rsa.manifest["benchmarks"][0]["recording"])[0])
    responses = np.nan_to_num(ridge.array(ridge.manifest["benchmarks"][0]["recording"]))
    largest = {}

    def note(what, how, value):
        largest[what, how] = max(largest.get((what, how), 0.0), float(value))

    for features in peer.activations(net, entry, layers, rsa.images, 32).values():
        exact, others = grams(features)
        sums = features.astype(np.float64).sum(1)
        expected = rdm(exact, sums, features.shape[1])
        for how, gram in others.items():
            found = rdm(gram, sums, features.shape[1])
            note("distances 1 - r, of their mean", how, abs(found - expected).max() / expected.mean())
            score, before = (scipy.stats.spearmanr(one, subject).statistic for one in (found, expected))
            note("Spearman with a subject", how, abs(score - before))
    for features in peer.activations(net, entry, layers, ridge.images, 32).values():
        exact, others = grams(features)
        for penalty in PENALTIES:
            expected = predictions(exact, responses, penalty)
            for how, gram in others.items():
                found = predictions(gram, responses, penalty)
                note(f"ridge's predictions, penalty {penalty:g}, of their spread", how, abs(found - expected).max() / expected.std())
    print("| largest over the blocks | plain | in pieces |\n|---|---|---|")
    for what in dict.fromkeys(what for what, _ in largest):
        print(f"| {what} | {largest[what, 'plain']:.1e} | {largest[what, 'in pieces']:.1e} |")


if __name__ == "__main__":
    main()
