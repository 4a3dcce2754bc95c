"""Ridge encoding of peer.py: RidgeCV in each fold of each layer, nested choice of the layer, split-half ceiling, bootstrap over neuroids."""

import numpy as np
from sklearn.linear_model import RidgeCV

from squeezenet_peers import shuffled_folds

COLUMNS = 32_768


def coordinates(features):
    """U·S of the features, [stimulus × stimulus]: as good as the features for ridge, whose fit turns with them."""
    blocks = (features[:, first:first + COLUMNS].astype(np.float64) for first in range(0, features.shape[1], COLUMNS))
    gram = sum(block @ block.T for block in blocks)
    values, vectors = np.linalg.eigh(gram)
    return vectors * np.sqrt(values.clip(0))


def correlations(predicted, recorded):
    """Pearson r of each column."""
    a, b = predicted - predicted.mean(0), recorded - recorded.mean(0)
    with np.errstate(all="ignore"):
        return (a * b).sum(0) / np.sqrt((a**2).sum(0) * (b**2).sum(0))


def held_out(features, responses, train, test, penalties):
    """r of each neuroid. The penalties are shares of the variance summed over features, as the pack says."""
    x = features[train]
    fit = RidgeCV(alphas=np.multiply(penalties, x.var(0).sum(dtype=np.float64))).fit(x, responses[train])
    return correlations(fit.predict(features[test]), responses[test])


def score_layer(features, responses, spec, folds_wanted):
    """[neuroid × fold] r, and [fold] the score within the training stimuli, which are divided into three."""
    options, rows = spec["options"], np.arange(len(responses))
    folds = shuffled_folds(len(responses), options["folds"], spec["seed"])
    r, choice = [], []
    for test in folds[:folds_wanted or len(folds)]:
        train = np.setdiff1d(rows, test)
        r.append(held_out(features, responses, train, test, options["penalties"]))
        inner = [train[part] for part in shuffled_folds(len(train), 3, spec["seed"])]
        within = [held_out(features, responses, np.setdiff1d(train, part), part, options["penalties"]) for part in inner]
        choice.append(np.mean(np.nanmedian(within, axis=1)))
    return np.array(r).T, np.array(choice)


def mean_of_present(trials):
    present = ~np.isnan(trials)
    return np.where(present, trials, 0).sum(0) / present.sum(0)


def reliability(trials, halves, random):
    """Spearman–Brown of the correlation of two random halves of the repeats, the mean over divisions [neuroid]."""
    corrected = []
    with np.errstate(all="ignore"):  # a stimulus without a trial in one half
        for _ in range(halves):
            order = random.permutation(len(trials))
            a, b = (mean_of_present(trials[half]) for half in np.array_split(order, 2))
            both = ~np.isnan(a) & ~np.isnan(b)
            a, b = (np.nan_to_num(one - np.nanmean(np.where(both, one, np.nan), 0)) * both for one in (a, b))
            r = (a * b).sum(0) / np.sqrt((a**2).sum(0) * (b**2).sum(0))
            corrected.append(2 * r / (1 + r))
    return np.mean(corrected, axis=0)


def pooled(r):
    """The median over neuroids, then the mean over folds; of [… × neuroid × fold]."""
    return np.nanmedian(r, axis=-2).mean(-1)


def interval(r, draws):
    return list(np.percentile(pooled(r[draws]), [2.5, 97.5]))


def score(seen, responses, trials, spec, resamples, random, options, stage):
    with stage("ridge, ceiling"):
        reliable = reliability(trials, spec["options"]["ceiling_splits"], random)
        kept = (reliable >= spec["options"]["min_reliability"]) & (responses.std(0) > 0)
        reach, responses = np.sqrt(reliable[kept])[:, None], responses[:, kept]
    draws = random.integers(kept.sum(), size=(resamples, kept.sum()))
    fits = []
    for layer in list(seen):
        features = seen.pop(layer)  # the last use of it
        with stage("ridge, coordinates"):
            features = coordinates(features) if options.by_hand else features
        with stage("ridge, folds"):
            fits.append(score_layer(features, responses, spec, options.folds))
    with stage("ridge, resamples"):
        best = np.argmax([choice for _, choice in fits], axis=0)
        chosen = np.stack([fits[layer][0][:, fold] for fold, layer in enumerate(best)], axis=1)
        layers = [{"raw": pooled(r), "each": list(r.mean(1)), "by_fold": r.tolist(), "interval": interval(r, draws)} for r, _ in fits]
        return {"all_folds": not options.folds, "all_resamples": resamples >= spec["options"]["bootstrap"], "neuroids": int(kept.sum()),
                "raw": pooled(chosen), "interval": interval(chosen, draws), "layers": layers,
                "ceiling": {"value": pooled(reach), "interval": interval(reach, draws)}}
