"""Spearman RSA by NumPy and SciPy alone, for peer.py and the processes that it starts.

RDMs are [RDM × stimulus × stimulus]; `rows` are the stimuli of a sample, each as often as it was drawn.
"""

import functools

import joblib
import numpy as np
from scipy.stats import rankdata

PROCESSES = min(2, joblib.cpu_count())


@functools.lru_cache(maxsize=1024)
def upper_triangle(count):
    return np.triu_indices(count, 1)


def within(rdms, rows):
    """[RDM × pair]; pairs of a stimulus with its own copy are left out, as rsatoolbox does."""
    first, second = (rows[index] for index in upper_triangle(len(rows)))
    different = first != second
    return rdms[:, first[different], second[different]]


def unit(ranks):
    centred = ranks - ranks.mean(1, keepdims=True)
    return centred / np.sqrt((centred**2).sum(1, keepdims=True))


def spearman(layers, subjects):
    """[layer × subject] of [layer × pair] and [subject × pair]."""
    return unit(rankdata(layers, axis=1)) @ unit(rankdata(subjects, axis=1)).T


def bounds(subjects):
    """Lower and upper bound of the ceiling, pooled as rsatoolbox pools for Spearman: the mean of ranks."""
    ranks = rankdata(subjects, axis=1)
    total, each = ranks.sum(0), unit(ranks)
    pooled = unit(rankdata(np.vstack([total - ranks, total]), axis=1))
    return [(pooled[:-1] * each).sum(1).mean(), (each @ pooled[-1]).mean()]


def choose(layers, subjects, folds):
    """[fold][subject]: the layer that compares best with the other subjects within the training stimuli."""
    chosen = []
    for test in folds:
        train = np.setdiff1d(np.arange(layers.shape[1]), test)
        scores = spearman(within(layers, train), within(subjects, train))
        others = scores.sum(1, keepdims=True) - scores if len(subjects) > 1 else scores
        chosen.append(others.argmax(0))
    return chosen


def headline(layers, subjects, folds, chosen, rows):
    """The chosen layers' score within the held-out stimuli; a fold that a sample leaves without variance is left out."""
    held_out = []
    for test, choice in zip(folds, chosen):
        used, place = np.unique(choice, return_inverse=True)
        mine = rows[np.isin(rows, test)]
        with np.errstate(all="ignore"):
            scores = spearman(within(layers[used], mine), within(subjects, mine))
        held_out.append(scores[place, np.arange(len(subjects))])
    return np.nanmean(held_out, axis=0).mean()


def numbers(layers, subjects, rows):
    """Each layer's score, and both bounds where there are two subjects or more."""
    drawn = within(subjects, rows)
    scores = list(spearman(within(layers, rows), drawn).mean(1))
    return scores + (bounds(drawn) if len(subjects) > 1 else [])


def resample_some(layers, subjects, folds, chosen, draws):
    return [numbers(layers, subjects, rows) + [headline(layers, subjects, folds, chosen, rows)] for rows in draws]


def resample(layers, subjects, folds, chosen, draws):
    """[resample × number], the headline last; in two processes."""
    blocks = joblib.Parallel(PROCESSES)(
        joblib.delayed(resample_some)(layers, subjects, folds, chosen, block) for block in np.array_split(draws, 2 * PROCESSES))
    return np.array(sum(blocks, []))
