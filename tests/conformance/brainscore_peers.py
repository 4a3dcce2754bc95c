"""The metrics against Brain-Score's own code: brainscore_vision, which wants an older NumPy than the other peers.

Usage: brainscore_peers.py METRICS_DRIVER SHARED, with a Python that has it:
    python3 -m venv peer && peer/bin/pip install brainscore_vision==2.4.2 && peer/bin/python tests/conformance/brainscore_peers.py …
Table and exit status as peer_table.py says.
"""

import json
import sys

try:
    import numpy as np
    from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
    from brainscore_vision.metrics.cka.metric import linear_CKA, unbiased_linear_CKA
    from brainscore_vision.metrics.internal_consistency.ceiling import SpearmanBrownCorrection
    from brainscore_vision.metrics.rdm.metric import RDMMetric
    from brainscore_vision.metrics.regression_correlation.metric import DualRidgeRegression, SingleRegression, pls_regression
    from peer_table import SHARED, peer, record, run, ventral
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

PEER = peer("brainscore_vision")


def assembly(values):
    rows, columns = values.shape
    return NeuroidAssembly(values, dims=["presentation", "neuroid"], coords={
        "stimulus_id": ("presentation", [str(row) for row in range(rows)]), "object_name": ("presentation", ["all"] * rows),
        "neuroid_id": ("neuroid", list(range(columns))), "region": ("neuroid", ["IT"] * columns)})


def score(scratch, metric, responses, features, **options):
    return ventral(scratch, "score", metric, json.dumps({"bootstrap": 0, **options}), 1, responses, "-", features)["raw"]


def check_similarity(scratch, features, responses):
    record("CKA, unbiased", PEER, [score(scratch, "cka", responses, features)], [unbiased_linear_CKA(features, responses)], 1e-10)
    record("CKA, biased", PEER, [score(scratch, "cka", responses, features, estimator="biased")], [linear_CKA(features, responses)], 1e-10)
    record("RSA of responses", PEER, [score(scratch, "rsa", responses, features, recording_rdm="correlation")],
           [float(RDMMetric()(assembly(features), assembly(responses)))], 1e-12)


def check_encoding(scratch, features, responses):
    rows, scale = np.arange(len(features)), responses.std()
    for fold in ventral(scratch, "ridge", 3, 5, json.dumps({"penalties": [1.0], "seed": 11}), features, responses):
        train = np.setdiff1d(rows, fold["test"])
        theirs = DualRidgeRegression(alpha=1.0)
        theirs.fit(features[train], responses[train])
        record("ridge, predictions", PEER, np.array(fold["predicted"]) / scale, theirs.predict(features[fold["test"]]) / scale, 1e-8)
    for fold in ventral(scratch, "pls", 3, 5, 25, features, responses):
        train = np.setdiff1d(rows, fold["test"])
        theirs = pls_regression()
        theirs._regression.set_params(tol=1e-20, max_iter=100_000)  # it stops at a change of 1e-6, percents away on noise
        theirs.fit(assembly(features[train]), assembly(responses[train]))
        record("PLS, predictions", PEER, np.array(fold["predicted"]) / scale,
               np.asarray(theirs.predict(assembly(features[fold["test"]]))) / scale, 1e-5)


def check_units(scratch, features, responses):
    """Units that are equal but for rounding are no case here: encoding_peers.py has them."""
    features = features.astype(np.float32).astype(float)
    rows = np.arange(len(features))
    for fold in ventral(scratch, "units", 3, 5, 100, features, responses):
        train = np.setdiff1d(rows, fold["test"])
        theirs = SingleRegression()
        theirs.fit(assembly(features[train]), assembly(responses[train]))
        record("nearest unit, its place", PEER, fold["unit"], theirs.mapping, 0)
        predicted = theirs.predict(assembly(features[fold["test"]]))
        record("nearest unit, held-out r", PEER, fold["held_out_r"],
               [np.corrcoef(p, r)[0, 1] for p, r in zip(predicted.T, responses[fold["test"]].T)], 1e-12)


def check_reliability(scratch, random):
    """Of two repeats there is one division into halves."""
    trials = random.standard_normal((2, 40, 5)) + random.standard_normal((40, 5))
    halves = [np.corrcoef(trials[0][:, neuroid], trials[1][:, neuroid])[0, 1] for neuroid in range(5)]
    record("reliability", PEER, ventral(scratch, "reliability", 1, 10, trials), SpearmanBrownCorrection()(np.array(halves), n=2), 1e-12)


def random_arrays(scratch):
    random = np.random.default_rng(5)
    for stimuli, features, neuroids in ((12, 30, 6), (60, 200, 20), (150, 40, 30)):
        latent = random.standard_normal((stimuli, 5))
        x = latent @ random.standard_normal((5, features)) + random.standard_normal((stimuli, features))
        y = latent @ random.standard_normal((5, neuroids)) + random.standard_normal((stimuli, neuroids))
        check_similarity(scratch, x, y)
        if stimuli > 40:
            check_encoding(scratch, x, y)
        check_units(scratch, x, y)
        check_reliability(scratch, random)
    noise = [np.random.RandomState(seed).rand(1000, 10000) for seed in (1, 2)]  # the peer's own case
    unbiased, biased = (score(scratch, "cka", noise[1], noise[0], estimator=name) for name in ("unbiased", "biased"))
    assert abs(unbiased) < 0.1 and biased > 0.9, (unbiased, biased)
    record("CKA, its published case", PEER, [unbiased], [unbiased_linear_CKA(*noise)], 1e-10)


def real_arrays(scratch):
    """V4 from pixels of its stimuli."""
    from PIL import Image
    v4 = SHARED / "data/cowley2023_v4/210325"
    files = sorted((v4 / "stimuli").iterdir())
    pixels = np.stack([np.asarray(Image.open(file).convert("RGB").resize((12, 12)), dtype=float).ravel() / 255 for file in files])
    responses = np.load(v4 / "responses.npy").astype(float)
    check_similarity(scratch, pixels, responses)
    check_encoding(scratch, pixels, responses)
    check_units(scratch, pixels, responses)


if __name__ == "__main__":
    sys.exit(run(random_arrays, real_arrays))
