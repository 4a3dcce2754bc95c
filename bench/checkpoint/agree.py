"""How far the peer's report is from Ventral's."""

import collections


def ends(interval):
    return [interval["lower"], interval["upper"]]


class Worst:
    def __init__(self):
        self.of = collections.defaultdict(float)

    def hold(self, what, one, other):
        self.of[what] = max([self.of[what], *(abs(a - b) for a, b in zip(one, other, strict=True))])


def layers_apart(worst, own, score):
    for mine, theirs in zip(own["layers"], score["layers"], strict=True):
        if mine["layer"]["path"] != theirs["layer"]:
            raise ValueError(f"{score['benchmark']}: layer {mine['layer']['path']} stands where the peer has {theirs['layer']}")
        worst.hold("scores of layers", [mine["raw"]], [theirs["raw"]])
        worst.hold("scores of single subjects and neuroids", mine.get("perSubject") or mine["perNeuroid"], theirs["each"])
        if score["all_resamples"]:
            worst.hold("ends of intervals, own draws", ends(mine["interval"]), theirs["interval"])


def ceilings_apart(worst, own, score):
    theirs = score["ceiling"]
    if theirs is None:
        return
    for mine, key in (("value", "value"), ("lower", "lower")):
        if key in theirs:
            worst.hold("ceilings" + (", own random halves" if "neuroids" in score else ""), [own["ceiling"][mine]], [theirs[key]])
    for mine, key in (("interval", "interval"), ("lowerInterval", "lower_interval")):
        if key in theirs and score["all_resamples"]:
            worst.hold("ends of intervals, own draws", ends(own["ceiling"][mine]), theirs[key])


def differences(ours, theirs):
    """{what: the largest difference} between reports of `ventral score --json` and the scores of peer.py, where these are whole."""
    worst = Worst()
    reported = {score["benchmark"]: score for report in ours for score in report["scores"]}
    for score in theirs:
        own = reported[score["benchmark"]]
        ceilings_apart(worst, own, score)
        if not score["all_folds"]:
            continue
        layers_apart(worst, own, score)
        worst.hold("headlines", [own["raw"]], [score["raw"]])
        if score["all_resamples"]:
            worst.hold("ends of intervals, own draws", ends(own["interval"]), score["interval"])
    return dict(worst.of)


def between(first, second):
    """The largest difference of r between two reports of peer.py, of each neuroid of each layer in the folds that both have."""
    worst = Worst()
    for one, other in zip(first, second, strict=True):
        for a, b in zip(one["layers"], other["layers"], strict=True):
            for mine, theirs in zip(a.get("by_fold", []), b.get("by_fold", []), strict=True):
                folds = min(len(mine), len(theirs))
                worst.hold("r", mine[:folds], theirs[:folds])
    return worst.of["r"]
