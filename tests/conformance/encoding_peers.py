"""Encoding models against scikit-learn, himalaya and NumPy, on random and on real arrays.

Usage and exit status as peer_table.py says.
"""

import itertools
import json
import sys
import warnings

try:
    import numpy as np
    from peer_table import SHARED, peer, record, run, ventral
    from sklearn.cross_decomposition import PLSRegression
    from himalaya.kernel_ridge import KernelRidgeCV, MultipleKernelRidgeCV
    import rsatoolbox
    from sklearn.linear_model import Ridge, RidgeCV
    from sklearn.metrics import r2_score
    from sklearn.model_selection import PredefinedSplit
except ImportError as error:
    print(f"skipped: {error} (tests/requirements.txt)")
    sys.exit(77)

GRID = [0.01, 0.1, 1, 10, 100, 1000]


def fit_ridge(scratch, features, responses, folds, penalties, **options):
    options = {"penalties": [float(penalty) for penalty in penalties], "seed": 11, **options}
    return ventral(scratch, "ridge", 3, folds, json.dumps(options), features, responses)


def check_ridge(scratch, features, responses, folds):
    scikit_learn = peer("scikit-learn")
    rows = np.arange(len(features))
    scale = responses.std()
    for penalty in (0.1, 30.0):
        for fold in fit_ridge(scratch, features, responses, folds, [penalty]):
            train = np.setdiff1d(rows, fold["test"])
            theirs = Ridge(alpha=penalty).fit(features[train], responses[train]).predict(features[fold["test"]])
            record("ridge, predictions", scikit_learn, np.array(fold["predicted"]) / scale,
                   theirs.reshape(len(fold["test"]), -1) / scale, 1e-8)
    correlations = []
    fitted = fit_ridge(scratch, features, responses, folds, GRID)
    for fold in fitted:
        train = np.setdiff1d(rows, fold["test"])
        fit = RidgeCV(alphas=GRID).fit(features[train], responses[train])
        record("ridge, penalty by leave-one-out", scikit_learn, fold["alpha"], np.full(responses.shape[1], fit.alpha_), 0)
        theirs = fit.predict(features[fold["test"]]).reshape(len(fold["test"]), -1)
        record("ridge, predictions", scikit_learn, np.array(fold["predicted"]) / scale, theirs / scale, 1e-8)
        correlations.append([np.corrcoef(p, r)[0, 1] for p, r in zip(theirs.T, responses[fold["test"]].T)])
    assert sorted(sum((fold["test"] for fold in fitted), [])) == list(rows), "the folds do not hold each row out once"
    for fold in fit_ridge(scratch, features, responses, folds, [0.1], relative=True):
        train = np.setdiff1d(rows, fold["test"])
        centred = features[train] - features[train].mean(0)
        record("ridge, relative penalty", peer("numpy"), fold["alpha"] / (0.1 * (centred**2).sum(1).mean()),
               np.ones(responses.shape[1]), 1e-10)
    options = json.dumps({"folds": folds, "penalties": [float(penalty) for penalty in GRID], "bootstrap": 0})
    score = ventral(scratch, "score", "ridge", options, 3, responses, "-", features)
    record("ridge, score", scikit_learn, score["raw"], np.mean(np.median(correlations, 1)), 1e-8)
    record("ridge, per neuroid", scikit_learn, score["layers"][0]["per_neuroid"], np.mean(correlations, 0), 1e-7)


def check_ridge_per_neuroid(scratch, features, responses, folds):
    """Each neuroid's penalty: by leave-one-out as scikit-learn, by inner folds as himalaya."""
    rows = np.arange(len(features))
    scale = responses.std()
    for fold in fit_ridge(scratch, features, responses, folds, GRID, per_neuroid=True):
        train = np.setdiff1d(rows, fold["test"])
        fit = RidgeCV(alphas=GRID, alpha_per_target=True).fit(features[train], responses[train])
        record("ridge, each neuroid's penalty", peer("scikit-learn"), fold["alpha"], fit.alpha_, 0)
        record("ridge, each with its own", peer("scikit-learn"), np.array(fold["predicted"]) / scale,
               fit.predict(features[fold["test"]]) / scale, 1e-8)
    kernel = features @ features.T
    for fold in fit_ridge(scratch, features, responses, folds, GRID, per_neuroid=True, inner_folds=4):
        train = np.setdiff1d(rows, fold["test"])
        inner_test = np.empty(len(train), dtype=int)
        for number, held_out in enumerate(fold["inner"]):
            inner_test[held_out] = number
        theirs = KernelRidgeCV(alphas=GRID, kernel="precomputed", cv=PredefinedSplit(inner_test), fit_intercept=True)
        theirs.fit(kernel[np.ix_(train, train)], responses[train])
        record("ridge, penalty by inner folds", peer("himalaya"), np.log(fold["alpha"]), np.log(theirs.best_alphas_), 1e-12)
        record("ridge, penalty by inner folds: predictions", peer("himalaya"), np.array(fold["predicted"]) / scale,
               theirs.predict(kernel[np.ix_(fold["test"], train)]) / scale, 1e-8)


def check_banded(scratch, random, layers, responses, folds):
    """Banded ridge as himalaya's random search over the same weights. (Its diagonalize_method="svd" gives predictions that are
    not ridge's, for its kernels of low rank; the default agrees with scikit-learn's Ridge on the scaled features, and with us.)"""
    rows, scale = np.arange(len(responses)), responses.std()
    weights = np.vstack([np.full(len(layers), 1 / len(layers)), random.dirichlet(np.full(len(layers), 0.3), 12)])
    kernels = np.stack([layer @ layer.T for layer in layers])
    for each in (True, False):
        options = json.dumps({"penalties": GRID, "seed": 11, "inner_folds": 3, "per_neuroid": each})
        for fold in ventral(scratch, "banded", 3, folds, options, weights, responses, *layers):
            train = np.setdiff1d(rows, fold["test"])
            inner_test = np.empty(len(train), dtype=int)
            for number, held_out in enumerate(fold["inner"]):
                inner_test[held_out] = number
            theirs = MultipleKernelRidgeCV(
                kernels="precomputed", solver="random_search", fit_intercept=True, cv=PredefinedSplit(inner_test),
                solver_params={"n_iter": weights, "alphas": np.array(GRID), "local_alpha": each, "progress_bar": False})
            theirs.fit(kernels[:, train][:, :, train], responses[train])
            chosen = weights[fold["candidate"]].T
            record("banded ridge, weights", peer("himalaya"), chosen, np.exp(theirs.deltas_) * theirs.best_alphas_, 1e-7)
            record("banded ridge, penalties", peer("himalaya"), np.log(fold["alpha"]), np.log(theirs.best_alphas_), 1e-12)
            record("banded ridge, predictions", peer("himalaya"), np.array(fold["predicted"]) / scale,
                   theirs.predict(kernels[:, fold["test"]][:, :, train]) / scale, 1e-7)
            record("banded ridge, shares", "definition", sum(fold["shares"]), 1, 1e-12)


def check_mixed_rsa(scratch, features, responses, folds):
    """A read-out by scikit-learn, the RDM of its predictions by rsatoolbox, compared there."""
    rows, scores = np.arange(len(features)), []
    for test in ventral(scratch, "folds", 3, folds, len(features)):
        train = np.setdiff1d(rows, test)
        predicted = RidgeCV(alphas=GRID).fit(features[train], responses[train]).predict(features[test])
        rdms = [rsatoolbox.rdm.calc_rdm(rsatoolbox.data.Dataset(array), method="correlation")
                for array in (predicted, responses[test])]
        scores.append(rsatoolbox.rdm.compare(*rdms, method="spearman")[0, 0])
    options = json.dumps({"folds": folds, "penalties": GRID, "bootstrap": 0})
    ours = ventral(scratch, "score", "mixed_rsa", options, 3, responses, "-", features)
    record("mixed RSA, score", f"{peer('scikit-learn')}, {peer('rsatoolbox')}", ours["raw"], np.mean(scores), 1e-6)


def check_reverse(scratch, features, responses, folds):
    rows, scores = np.arange(len(features)), []
    for test in ventral(scratch, "folds", 3, folds, len(features)):
        train = np.setdiff1d(rows, test)
        predicted = RidgeCV(alphas=GRID).fit(responses[train], features[train]).predict(responses[test])
        scores.append(r2_score(features[test], predicted, multioutput="variance_weighted"))
    options = json.dumps({"folds": folds, "penalties": GRID, "bootstrap": 0})
    ours = ventral(scratch, "score", "reverse_ridge", options, 3, responses, "-", features)
    record("reverse ridge, R²", peer("scikit-learn"), ours["raw"], np.mean(scores), 1e-9)


def check_pls(scratch, features, responses, folds, components):
    rows = np.arange(len(features))
    correlations = []
    fitted = ventral(scratch, "pls", 3, folds, components, features, responses)
    for fold in fitted:
        train = np.setdiff1d(rows, fold["test"])
        fit = PLSRegression(components, scale=False, tol=1e-20, max_iter=100_000).fit(features[train], responses[train])
        theirs = fit.predict(features[fold["test"]]).reshape(len(fold["test"]), -1)
        assert fold["components"] == components
        record("PLS, predictions", peer("scikit-learn"), np.array(fold["predicted"]) / responses.std(),
               theirs / responses.std(), 1e-5)
        correlations.append([np.corrcoef(p, r)[0, 1] for p, r in zip(theirs.T, responses[fold["test"]].T)])
    options = json.dumps({"folds": folds, "components": components, "bootstrap": 0})
    score = ventral(scratch, "score", "pls", options, 3, responses, "-", features)
    record("PLS, score", peer("scikit-learn"), score["raw"], np.mean(np.median(correlations, 1)), 1e-6)


def spearman_brown(first, second):
    """Per neuroid, over the stimuli that have a trial in both halves."""
    values = []
    for a, b in zip(first.T, second.T):
        both = ~np.isnan(a) & ~np.isnan(b)
        r = np.corrcoef(a[both], b[both])[0, 1]
        values.append(2 * r / (1 + r))
    return np.array(values)


def all_halves(trials):
    """Spearman–Brown of every division of the repeats into halves [division × neuroid]."""
    repeats = range(len(trials))
    divisions = []
    with np.errstate(all="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)  # a stimulus without a trial in one half
        for chosen in itertools.combinations(repeats, len(trials) // 2):
            rest = [repeat for repeat in repeats if repeat not in chosen]
            divisions.append(spearman_brown(np.nanmean(trials[list(chosen)], 0), np.nanmean(trials[rest], 0)))
    return np.array(divisions)


def check_reliability(scratch, random):
    for repeats, halves in ((2, 7), (4, 4000)):
        signal = random.standard_normal((60, 5))
        trials = signal + random.standard_normal((repeats, 60, 5))
        trials[random.random(trials.shape) < 0.1] = np.nan
        divisions = all_halves(trials)
        # Five standard errors of a mean of `halves` random divisions; two repeats have one division.
        error = 5 * divisions.std(0).max() / np.sqrt(halves) if repeats > 2 else 1e-12
        record(f"reliability, {repeats} repeats", peer("numpy"),
               ventral(scratch, "reliability", 1, halves, trials), divisions.mean(0), error)


def correlations_with(units, neuroid):
    """Pearson r of each unit with the neuroid; NaN where one does not vary."""
    varies = (units != units[0]).any(0) & (neuroid != neuroid[0]).any()
    x, y = units - units.mean(0), neuroid - neuroid.mean()
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(varies, (x * y[:, None]).sum(0) / np.sqrt((x**2).sum(0) * (y**2).sum()), np.nan)


def check_units(scratch, features, responses, folds, part):
    """NumPy's argmax. Where the r of two units are equal but for rounding either is right: the r of the choice is compared."""
    features = features.astype(np.float32).astype(float)
    rows, numpy = np.arange(len(features)), peer("numpy")
    held_out = []
    for fold in ventral(scratch, "units", 3, folds, part, features, responses):
        train, ours, best = np.setdiff1d(rows, fold["test"]), [], []
        for neuroid, unit in enumerate(fold["unit"]):
            r = correlations_with(features[train], responses[train, neuroid])
            ours.append(r[unit] if unit >= 0 else np.nan)
            best.append(np.nanmax(r) if np.isfinite(r).any() else np.nan)
        if np.isfinite(best).any():
            record("nearest unit, r of the choice", numpy, ours, best, 1e-12)
        else:
            assert set(fold["unit"]) == {-1}
        theirs = [correlations_with(features[fold["test"]][:, [unit]], responses[fold["test"], neuroid])[0] if unit >= 0 else np.nan
                  for neuroid, unit in enumerate(fold["unit"])]
        if np.isfinite(theirs).any():
            record("nearest unit, held-out r", numpy, fold["held_out_r"], theirs, 1e-12)
        else:
            assert set(fold["held_out_r"]) == {None}
        held_out.append(theirs)
    return np.array(held_out)


def check_units_score(scratch, features, responses, folds):
    options = json.dumps({"folds": folds, "bootstrap": 0})
    held_out = check_units(scratch, features, responses, folds, 1000)
    score = ventral(scratch, "score", "nearest_unit", options, 3, responses, "-", features.astype(np.float32).astype(float))
    record("nearest unit, score", peer("numpy"), score["raw"], np.mean(np.nanmedian(held_out, 1)), 1e-12)
    record("nearest unit, per neuroid", peer("numpy"), score["layers"][0]["per_neuroid"], np.nanmean(held_out, 0), 1e-12)


def check_odd_units(scratch, random):
    """Ties, constants, four stimuli, one unit, one neuroid, parts of one unit."""
    for stimuli, units, neuroids, folds, part in ((4, 5, 3, 4, 2), (7, 1, 2, 2, 1), (23, 301, 1, 3, 7), (61, 513, 5, 4, 256)):
        features, responses = random.standard_normal((stimuli, units)), random.standard_normal((stimuli, neuroids))
        check_units(scratch, features, responses, folds, part)
        features[:, ::2] = 0.3  # constant
        if units > 3:
            features[:, units - 2:] = features[:, 1:2]  # ties
        check_units(scratch, features, responses, folds, part)
        check_units(scratch, np.round(features), np.round(2 * responses), folds, part)
    tied = random.standard_normal((40, 30))
    tied[:, 15:] = tied[:, :15]
    for fold in ventral(scratch, "units", 3, 4, 4, tied.astype(np.float32).astype(float), random.standard_normal((40, 20))):
        record("nearest unit, the first of equals", "definition", max(fold["unit"]) < 15, True, 0)


def random_arrays(scratch):
    random = np.random.default_rng(7)
    for stimuli, width, neuroids, components in ((40, 7, 6, 3), (40, 300, 6, 10), (60, 400, 90, 10), (40, 300, 1, 5)):
        features = random.standard_normal((stimuli, width))
        responses = features @ random.standard_normal((width, neuroids)) / np.sqrt(width)
        responses += random.standard_normal(responses.shape)
        check_ridge(scratch, features, responses, 5)
        if neuroids > 1:
            check_ridge_per_neuroid(scratch, features, responses, 5)
            check_mixed_rsa(scratch, features, responses, 5)
            check_banded(scratch, random, [features, random.standard_normal((stimuli, 9)), features[:, :2]], responses, 3)
        check_reverse(scratch, features, responses, 5)
        check_units_score(scratch, features, responses, 5)
        check_pls(scratch, features, responses, 5, components)
    check_odd_units(scratch, random)
    check_reliability(scratch, random)


def real_arrays(scratch):
    from PIL import Image
    v4 = SHARED / "data/cowley2023_v4/210325"
    trials, responses = np.load(v4 / "trials.npy").astype(float), np.load(v4 / "responses.npy").astype(float)
    record("V4 reliability, median", "README of the data", np.median(ventral(scratch, "reliability", 1, 100, trials)), 0.75, 0.015)
    files = sorted((v4 / "stimuli").iterdir())
    pixels = np.stack([np.asarray(Image.open(file).convert("RGB").resize((12, 12)), dtype=float).ravel() / 255 for file in files])
    check_ridge(scratch, pixels, responses, 10)
    check_ridge_per_neuroid(scratch, pixels, responses, 10)
    check_mixed_rsa(scratch, pixels, responses, 10)
    check_reverse(scratch, pixels, responses, 10)
    check_units_score(scratch, pixels, responses, 10)
    check_pls(scratch, pixels, responses, 10, 25)


if __name__ == "__main__":
    sys.exit(run(random_arrays, real_arrays))
