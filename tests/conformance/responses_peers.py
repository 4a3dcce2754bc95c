"""RDMs of responses, noise covariances and CKA against rsatoolbox and NumPy, on random and on real arrays.

Usage and exit status as peer_table.py says.
"""

import sys

try:
    import numpy as np
    from peer_table import SHARED, peer, record, run, ventral
    from rsatoolbox.data import Dataset
    from rsatoolbox.data.noise import cov_from_residuals
    from rsatoolbox.rdm import calc_rdm
except ImportError as error:
    print(f"skipped: {error} (tests/requirements.txt)")
    sys.exit(77)

NOISE = {"full": "full", "diagonal": "diag", "shrinkage_eye": "shrinkage_eye", "shrinkage_diagonal": "shrinkage_diag"}
RSATOOLBOX = peer("rsatoolbox")


def relative(what, who, ours, theirs, allowed):
    """Both in units of the peer's largest value."""
    scale = np.abs(theirs).max()
    record(what, who, np.asarray(ours) / scale, np.asarray(theirs) / scale, allowed)


def check_covariances(scratch, residuals, dof):
    for ours_name, theirs_name in NOISE.items():
        relative(f"noise covariance, {ours_name}", RSATOOLBOX, ventral(scratch, "noise_covariance", ours_name, dof, residuals),
                 cov_from_residuals(residuals, dof, theirs_name), 1e-12)


def check_means(scratch, responses):
    data = Dataset(responses)
    for kind in ("poisson",) if responses.min() >= 0 else ("correlation", "euclidean"):
        relative(f"RDM of responses, {kind}", RSATOOLBOX, ventral(scratch, "response_rdm", kind, "full", responses, "-"),
                 calc_rdm(data, method=kind).dissimilarities[0], 1e-11)


def check_trials(scratch, trials, noises):
    """The peer is given the degrees of freedom: left to itself it takes repeats * (stimuli - 1)."""
    repeats, stimuli, neuroids = trials.shape
    mean = trials.mean(0)
    flat = Dataset(trials.reshape(-1, neuroids), obs_descriptors={
        "stimulus": np.tile(np.arange(stimuli), repeats), "repeat": np.repeat(np.arange(repeats), stimuli)})
    residuals = (trials - mean).reshape(-1, neuroids)
    check_covariances(scratch, residuals, stimuli * (repeats - 1))
    for ours_name in noises:
        precision = np.linalg.inv(cov_from_residuals(residuals, stimuli * (repeats - 1), NOISE[ours_name]))
        for kind, theirs in (("mahalanobis", calc_rdm(Dataset(mean), "mahalanobis", noise=precision)),
                             ("crossnobis", calc_rdm(flat, "crossnobis", "stimulus", noise=precision, cv_descriptor="repeat"))):
            relative(f"RDM of responses, {kind}", RSATOOLBOX, ventral(scratch, "response_rdm", kind, ours_name, mean, trials),
                     theirs.dissimilarities[0], 1e-8)


def linear_cka(x, y, hsic):
    k, l = x @ x.T, y @ y.T
    return hsic(k, l) / np.sqrt(hsic(k, k) * hsic(l, l))


def unbiased_hsic(k, l):
    """Song et al. 2012, eq. 5, as in brainscore_vision/metrics/cka."""
    k, l, n = k - np.diag(np.diag(k)), l - np.diag(np.diag(l)), len(k)
    return (np.trace(k @ l) + k.sum() * l.sum() / ((n - 1) * (n - 2)) - 2 * (k @ l).sum() / (n - 2)) / (n * (n - 3))


def biased_hsic(k, l):
    centred = lambda m: m - m.mean(0) - m.mean(1, keepdims=True) + m.mean()
    return (centred(k) * centred(l)).sum()


def check_cka(scratch, features, responses):
    for estimator, hsic in (("unbiased", unbiased_hsic), ("biased", biased_hsic)):
        options = f'{{"estimator": "{estimator}", "bootstrap": 0}}'
        ours = ventral(scratch, "score", "cka", options, 1, responses, "-", features)
        record(f"CKA, {estimator}", peer("numpy"), [ours["raw"]], [linear_cka(features, responses, hsic)], 1e-11)


def random_arrays(scratch):
    random = np.random.default_rng(3)
    for stimuli, neuroids, repeats in ((4, 3, 2), (12, 5, 3), (30, 20, 4)):
        mixing = random.standard_normal((neuroids, neuroids))
        signal = random.standard_normal((stimuli, neuroids))
        trials = signal + random.standard_normal((repeats, stimuli, neuroids)) @ mixing
        check_trials(scratch, trials, NOISE)
        check_means(scratch, trials.mean(0))
        check_means(scratch, random.poisson(3, (stimuli, neuroids)).astype(float))
        check_cka(scratch, random.standard_normal((stimuli, 50)), signal)
    # More neuroids than trials: only what shrinks, or has no covariances, has an inverse.
    check_trials(scratch, random.standard_normal((2, 10, 40)), ("diagonal", "shrinkage_eye", "shrinkage_diagonal"))
    check_cka(scratch, random.uniform(size=(200, 2000)), random.uniform(size=(200, 2000)))


def real_arrays(scratch):
    from PIL import Image
    v4 = SHARED / "data/cowley2023_v4/210325"
    responses = np.load(v4 / "responses.npy").astype(float)
    files = sorted((v4 / "stimuli").iterdir())
    pixels = np.stack([np.asarray(Image.open(file).convert("RGB").resize((12, 12)), dtype=float).ravel() / 255 for file in files])
    check_cka(scratch, pixels, responses)


if __name__ == "__main__":
    sys.exit(run(random_arrays, real_arrays))
