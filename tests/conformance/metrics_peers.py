"""RSA against NumPy, SciPy and rsatoolbox, on random and on real arrays. Encoding: encoding_peers.py.

Usage: metrics_peers.py METRICS_DRIVER SHARED; table and exit status: peer_table.py.
"""

import json
import sys
import warnings

try:
    import numpy as np
    import rsatoolbox
    from rsatoolbox.inference.noise_ceiling import boot_noise_ceiling
    from rsatoolbox.util.inference_util import extract_variances
    from rsatoolbox.util.matrix import get_v
    from rsatoolbox.util.pooling import pool_rdm
    from scipy.spatial.distance import pdist, squareform
    from peer_table import SHARED, peer, record, run, ventral
    from scipy.stats import spearmanr
except ImportError as error:
    print(f"skipped: {error} (tests/requirements.txt)")
    sys.exit(77)

warnings.filterwarnings("ignore", message="Noise ceiling for tau")  # pools ranks, as we do
METHODS = {"spearman": "spearman", "pearson": "corr", "cosine": "cosine", "rho_a": "rho-a", "tau_a": "tau-a", "tau_b": "tau-b",
           "whitened_cosine": "cosine_cov", "whitened_correlation": "corr_cov"}  # rsatoolbox's names


def toolbox_rdms(stack):
    return rsatoolbox.rdm.RDMs(np.stack([squareform(rdm, checks=False) for rdm in stack]))


def random_rdms(random, count, stimuli, ties):
    stack = []
    for _ in range(count):
        upper = random.integers(0, 9, stimuli * (stimuli - 1) // 2) if ties else random.random(stimuli * (stimuli - 1) // 2)
        stack.append(squareform(upper.astype(float)))
    return np.stack(stack)


def check_rdms(scratch, features):
    data = rsatoolbox.data.Dataset(features)
    for kind in ("correlation", "euclidean"):
        theirs = rsatoolbox.rdm.calc_rdm(data, method=kind).dissimilarities[0]
        ours = ventral(scratch, "rdm", kind, features)
        record(f"RDM, {kind}", peer("rsatoolbox"), ours, theirs, 1e-10 * max(1, theirs.max()))
    record("RDM, cosine", peer("scipy"), ventral(scratch, "rdm", "cosine", features),
           pdist(features, "cosine"), 1e-10)


def check_comparisons(scratch, layers, subjects):
    for ours_name, theirs_name in METHODS.items():
        theirs = rsatoolbox.rdm.compare(toolbox_rdms(layers), toolbox_rdms(subjects), method=theirs_name)
        ours = ventral(scratch, "compare", ours_name, layers, subjects)
        record(f"comparison, {ours_name}", peer("rsatoolbox"), ours, theirs, 1e-12)
    upper = np.triu_indices(layers.shape[1], 1)
    theirs = [[spearmanr(layer[upper], subject[upper])[0] for subject in subjects] for layer in layers]
    record("comparison, spearman", peer("scipy"),
           ventral(scratch, "compare", "spearman", layers, subjects), theirs, 1e-12)


def check_mixtures(scratch, layers, subjects, comparators=("pearson", "cosine", "whitened_cosine", "whitened_correlation")):
    """Weights are compared by what they make: the layers' RDMs mixed, at norm 1. rsatoolbox's search ends at a gradient below
    2e-14, whatever the RDMs' size, and never where rounding is larger; so it is given small ones."""
    upper = np.triu_indices(layers.shape[1], 1)
    vectors = np.array([layer[upper] for layer in layers])
    model = rsatoolbox.model.ModelWeighted("layers", toolbox_rdms(1e-3 * layers))
    for name in comparators:
        mixtures = ventral(scratch, "mixture", name, layers, subjects)
        for left_out, ours in enumerate(mixtures):
            others = np.delete(subjects, left_out, 0) if len(subjects) > 1 else subjects
            theta = rsatoolbox.model.fitter.fit_regress_nn(model, toolbox_rdms(others), METHODS[name])
            if not theta.any():
                continue  # it gives up; ours takes the layer that compares best
            theirs = theta @ vectors
            record(f"layers mixed, {name}", peer("rsatoolbox"), np.array(ours) / np.linalg.norm(ours),
                   theirs / np.linalg.norm(theirs), 1e-9)


def check_feature_maps(scratch, maps, subjects, folds, comparators=("pearson", "cosine", "whitened_correlation")):
    """RDMs of single maps [stimulus x map x ...] weighted on training stimuli and other subjects, compared on held-out ones."""
    maps = maps.astype(np.float32).astype(float)
    channels = np.moveaxis(maps, -1, 1) if maps.ndim == 3 else maps
    rdms = [rsatoolbox.rdm.calc_rdm(rsatoolbox.data.Dataset(channel.reshape(len(maps), -1)), method="euclidean")
            for channel in np.moveaxis(channels, 1, 0)]
    small = rsatoolbox.rdm.concat(rdms)  # as check_mixtures says
    small.dissimilarities *= 1e-3
    model = rsatoolbox.model.ModelWeighted("maps", small)
    recorded, stimuli = toolbox_rdms(subjects), np.arange(len(maps))
    for name in comparators:
        options = json.dumps({"folds": folds, "bootstrap": 0, "comparator": name, "layer_choice": "best"})
        ours = ventral(scratch, "score", "feature_map_rsa", options, 3, subjects, "-", maps)
        scores = np.zeros((folds, len(subjects)))
        for number, test in enumerate(ventral(scratch, "folds", 3, folds, len(maps))):
            train = np.setdiff1d(stimuli, test)
            for subject in range(len(subjects)):
                others = [other for other in range(len(subjects)) if other != subject] or [0]
                theta = rsatoolbox.model.fitter.fit_regress_nn(
                    model, recorded.subset("index", others).subset_pattern("index", train), METHODS[name],
                    pattern_idx=train, pattern_descriptor="index")
                assert theta.any(), "the peer found no weight"
                predicted = model.predict_rdm(theta).subset_pattern("index", np.sort(test))
                held_out = recorded.subset("index", [subject]).subset_pattern("index", np.sort(test))
                scores[number, subject] = rsatoolbox.rdm.compare(predicted, held_out, METHODS[name])[0, 0]
        record(f"feature maps weighted, {name}", peer("rsatoolbox"), ours["raw"], scores.mean(), 1e-9)


def check_noise_covariance(scratch, random, layers, subjects):
    """Whitened by a noise covariance between stimuli. rsatoolbox solves V by conjugate gradients to 1e-5; its own V solved
    directly gives the exact answer. Its short cut for a diagonal covariance (1-D sigma_k) divides the centred kernel by the
    standard deviations, which is not V⁻¹ where they differ, so the diagonal is given as a matrix here."""
    stimuli = layers.shape[1]
    mixed = random.standard_normal((stimuli, 2 * stimuli))
    upper = np.triu_indices(stimuli, 1)
    for noise in (mixed @ mixed.T / stimuli, np.diag(random.uniform(0.5, 2, stimuli))):
        for name in ("whitened_cosine", "whitened_correlation"):
            ours = ventral(scratch, "compare", name, layers, subjects, noise)
            record(f"comparison, {name}, noise", peer("rsatoolbox"), ours,
                   rsatoolbox.rdm.compare(toolbox_rdms(layers), toolbox_rdms(subjects), METHODS[name], noise), 1e-3)
            x, y = (np.array([rdm[upper] for rdm in stack]) for stack in (layers, subjects))
            if name == "whitened_correlation":
                x, y = x - x.mean(1, keepdims=True), y - y.mean(1, keepdims=True)
            inverse = np.linalg.inv(get_v(stimuli, noise).toarray())
            inner = lambda a, b: a @ inverse @ b.T
            theirs = inner(x, y) / np.sqrt(np.outer(np.diag(inner(x, x)), np.diag(inner(y, y))))
            record(f"comparison, {name}, noise", peer("rsatoolbox") + ", V dense", ours, theirs, 1e-9)


def whitened_ceiling(subjects, method):
    """From rsatoolbox.util.pooling, which pools in the whitened space. boot_noise_ceiling has a pooling of its own that
    scales RDMs to the same plain variance instead: best for the plain comparators, not for these."""
    rdms = toolbox_rdms(subjects)
    each = lambda pool, one: rsatoolbox.rdm.compare(pool_rdm(pool, method), toolbox_rdms(subjects[one:one + 1]), method)[0, 0]
    numbers = range(len(subjects))
    return [np.mean([each(toolbox_rdms(np.delete(subjects, one, 0)), one) for one in numbers]),
            np.mean([each(rdms, one) for one in numbers])]


def check_ceiling(scratch, subjects):
    for ours_name, theirs_name in METHODS.items():
        whitened = ours_name.startswith("whitened")
        theirs = whitened_ceiling(subjects, theirs_name) if whitened else boot_noise_ceiling(toolbox_rdms(subjects), method=theirs_name)
        record(f"RSA ceiling, {ours_name}", peer("rsatoolbox"),  # which solves V to 1e-5
               ventral(scratch, "ceiling", ours_name, subjects), np.ravel(theirs), 1e-5 if whitened else 1e-12)


def bounds_of_drawn(rdms, method):
    """The ceiling of subjects of whom some stand several times. A copy is left out with its subject, as boot_noise_ceiling
    does; but that takes the mean over different subjects, while scores are means over all that were drawn."""
    drawn = rdms.rdm_descriptors["index"]
    each = lambda pool, one: rsatoolbox.rdm.compare(pool_rdm(pool, method), rdms.subset("index", one), method)[0, 0]
    others = lambda one: rdms.subset("index", [other for other in drawn if other != one])
    several = len(set(drawn)) > 1
    return [np.mean([each(others(one), one) for one in drawn]) if several else np.nan, np.mean([each(rdms, one) for one in drawn])]


def check_resamples(scratch, layers, subjects, resamples):
    """Each resample drawn again by rsatoolbox: it leaves out a stimulus' pairs with its own copies, as NaN, and a subject
    with its copies where the others are pooled. Then the variance that its dual bootstrap makes of all of them."""
    for ours_name, theirs_name in METHODS.items():
        ours = ventral(scratch, "resample", ours_name, 5, resamples, layers, subjects)
        series = {name: np.array(ours[name], dtype=float) for name in ("of_both", "of_subjects", "of_stimuli")}
        for name, scores in series.items():
            theirs = np.empty_like(scores)
            for number in range(resamples):
                drawn = lambda of: np.repeat(np.arange(len(ours[of][number])), np.asarray(ours[of][number], dtype=int))
                stimuli = drawn("stimuli") if name != "of_subjects" else np.arange(layers.shape[1])
                theirs_rdms = toolbox_rdms(subjects).subsample_pattern("index", stimuli)
                if name != "of_stimuli":
                    theirs_rdms = theirs_rdms.subsample("index", drawn("subjects"))
                ours_rdms = toolbox_rdms(layers).subsample_pattern("index", stimuli)
                theirs[:-2, number] = rsatoolbox.rdm.compare(ours_rdms, theirs_rdms, method=theirs_name).mean(1)
                theirs[-2:, number] = bounds_of_drawn(theirs_rdms, theirs_name)
            record(f"bootstrap, {ours_name}", peer("rsatoolbox"), scores[:-2], theirs[:-2], 1e-12)
            record(f"bootstrap of ceiling, {ours_name}", peer("rsatoolbox"), scores[-2:], theirs[-2:],
                   1e-5 if ours_name.startswith("whitened") else 1e-12)
        variances = np.stack([np.cov(scores[:-2]) for scores in series.values()])
        record("dual bootstrap, variances", peer("rsatoolbox"), ours["variances"][:-2],
               extract_variances(variances, False, len(subjects), layers.shape[1])[0], 1e-12)


def random_arrays(scratch):
    random = np.random.default_rng(7)
    for shape in ((5, 3), (17, 200), (60, 1000)):
        check_rdms(scratch, random.standard_normal(shape))
    rectified = np.maximum(random.standard_normal((40, 500)), 0).astype(np.float32).astype(float)
    check_rdms(scratch, rectified)
    check_rdms(scratch, rectified + 2)
    for shape, subjects in (((24, 5, 3, 3), 3), ((40, 12, 2, 2), 4), ((30, 7, 6), 2), ((30, 9), 1)):
        maps = random.standard_normal(shape)
        seen = (maps[..., :2] if len(shape) == 3 else maps[:, :2]).reshape(len(maps), -1)
        recorded = [squareform(pdist(seen + random.standard_normal(seen.shape), "sqeuclidean")) for _ in range(subjects)]
        check_feature_maps(scratch, maps, np.stack(recorded), 5)
    for stimuli, ties in ((4, False), (5, True), (31, False), (31, True)):
        layers, subjects = random_rdms(random, 3, stimuli, ties), random_rdms(random, 4, stimuli, ties)
        check_comparisons(scratch, layers, subjects)
        check_ceiling(scratch, subjects)
        check_mixtures(scratch, layers, subjects)
        check_noise_covariance(scratch, random, layers, subjects)
        check_resamples(scratch, layers, subjects, 10) if stimuli > 5 else None


def real_arrays(scratch):
    from PIL import Image
    images = SHARED / "data/kriegeskorte2008_92images"
    subjects = np.load(images / "human_it_rdms.npy").astype(float).mean(1)
    monkey = np.load(images / "monkey_it_rdm.npy").astype(float)[None]
    models = np.stack([np.load(file).astype(float) for file in sorted((images / "model_rdms").glob("*.npy"))])
    check_comparisons(scratch, models, subjects)
    check_ceiling(scratch, subjects)
    check_mixtures(scratch, models, subjects, ("pearson", "cosine"))
    check_ceiling(scratch, np.load(images / "behaviour_rdms.npy").astype(float))
    check_resamples(scratch, models[:2], subjects, 3)
    # What the publishers of the arrays computed: the mean human RDM against the monkey's, and the ceiling with plain-mean
    # pooling, which is not the pooling that is best for ranks (rsatoolbox's and ours: 0.372 and 0.666).
    mean = subjects.mean(0)[None]
    facts = {"pearson": 0.491, "spearman": 0.439}
    for comparator, fact in facts.items():
        record("human against monkey IT", "README of the data", ventral(scratch, "compare", comparator, mean, monkey)[0][0],
               fact, 0.0006)
    others = [np.delete(subjects, one, 0).mean(0)[None] for one in range(len(subjects))]
    lower = np.mean([ventral(scratch, "compare", "spearman", rest, subjects[one:one + 1]) for one, rest in enumerate(others)])
    record("ceiling, plain mean pooled", "README of the data", lower, 0.379, 0.0006)
    record("ceiling, plain mean pooled", "README of the data",
           np.mean(ventral(scratch, "compare", "spearman", mean, subjects)), 0.661, 0.0006)

    v4 = SHARED / "data/cowley2023_v4/210325"
    files = sorted((v4 / "stimuli").iterdir())
    pixels = np.stack([np.asarray(Image.open(file).convert("RGB").resize((12, 12)), dtype=float).ravel() / 255 for file in files])
    check_rdms(scratch, pixels[:92])


if __name__ == "__main__":
    sys.exit(run(random_arrays, real_arrays))
