"""RSA of peer.py: comparisons, ceilings, the layer by cross-validation, bootstrap over stimuli."""

import numpy as np
import rsatoolbox
from rsatoolbox.inference import eval_bootstrap_pattern

import peer_spearman
from squeezenet_peers import shuffled_folds


def fold_count(stimuli):
    return 2 if stimuli < 12 else 3 if stimuli < 24 else 4 if stimuli < 40 else 5


def toolbox_rdms(rdms):
    return rsatoolbox.rdm.RDMs(rdms[:, *peer_spearman.upper_triangle(rdms.shape[1])])


def resample_with_toolbox(layers, subjects, folds, chosen, draws, random):
    """[resample × number] with draws of rsatoolbox's own, but for the headline's."""
    models = [rsatoolbox.model.ModelFixed(str(number), toolbox_rdms(rdm[None])) for number, rdm in enumerate(layers)]
    bounded = len(subjects) > 1
    np.random.seed(random.integers(2**32))
    result = eval_bootstrap_pattern(models, toolbox_rdms(subjects), method="spearman", N=len(draws), boot_noise_ceil=bounded)
    of_headline = [[peer_spearman.headline(layers, subjects, folds, chosen, rows)] for rows in draws]
    return np.hstack([result.evaluations.reshape(len(draws), -1), *([result.noise_ceiling.T] if bounded else []), of_headline])


def interval(values):
    return list(np.nanpercentile(values, [2.5, 97.5]))


def ceiling(subjects, resampled):
    if len(subjects) < 2:
        return None
    lower, upper = rsatoolbox.inference.boot_noise_ceiling(toolbox_rdms(subjects), method="spearman")
    return {"value": upper, "lower": lower, "interval": interval(resampled[:, -2]), "lower_interval": interval(resampled[:, -3])}


def score(layers, subjects, spec, resamples, random, by_hand, stage):
    """`layers` and `subjects` [RDM × stimulus × stimulus]."""
    stimuli = layers.shape[1]
    folds = shuffled_folds(stimuli, fold_count(stimuli), spec["seed"])
    draws = random.integers(stimuli, size=(resamples, stimuli))
    with stage("RSA, scores"):
        each = rsatoolbox.rdm.compare(toolbox_rdms(layers), toolbox_rdms(subjects), method="spearman")
        chosen = peer_spearman.choose(layers, subjects, folds)
        raw = peer_spearman.headline(layers, subjects, folds, chosen, np.arange(stimuli))
    with stage("RSA, resamples"):
        resampled = (peer_spearman.resample(layers, subjects, folds, chosen, draws) if by_hand
                     else resample_with_toolbox(layers, subjects, folds, chosen, draws, random))
    return {"all_folds": True, "all_resamples": resamples >= spec["options"]["bootstrap"],
            "raw": raw, "interval": interval(resampled[:, -1]), "ceiling": ceiling(subjects, resampled),
            "layers": [{"raw": one.mean(), "each": list(one), "interval": interval(resampled[:, number])} for number, one in enumerate(each)]}
