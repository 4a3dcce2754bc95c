"""What `ventral score` makes of a checkpoint on the public packs, as a good Python script makes it: the peer of run.py.

Usage: peer.py --packs DIR… --models DIR --out FILE.json [--by-hand] [--resamples N] [--folds N]

Eager PyTorch with hooks on the blocks, in batches, on both cores; a pack's activations are held in float32, as they come. Then, for
each layer, the score, its interval, the ceiling and its interval, and a headline whose layer is chosen by cross-validation.

As the libraries come (the default): rsatoolbox's comparisons, ceilings and bootstrap over stimuli; scikit-learn's RidgeCV on the
features, one a fold and layer. The headline, for which no library has a function, with NumPy and SciPy.
--by-hand: what else a reader of both fields can do in Python. The bootstrap is NumPy's and SciPy's, in two processes (in one where there is
one core); RidgeCV gets each layer's stimuli as n coordinates instead of p features (U·S of x = U·S·Vᵀ, from the Gram matrix), which changes
no prediction.

Resamples and random halves are drawn by NumPy; folds are Ventral's, so that scores can be held against each other.
Writes scores and the seconds of each stage.
"""

import argparse
import collections
import contextlib
import csv
import json
import pathlib
import sys
import time

STARTED = time.perf_counter()

import numpy as np  # noqa: E402
import torch  # noqa: E402
from PIL import Image  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "client/python"), str(ROOT / "tests/conformance")]
import peer_ridge  # noqa: E402
import peer_rsa  # noqa: E402
from ventral import export_known  # noqa: E402

SECONDS = collections.defaultdict(float)
PROCESSOR_SECONDS = collections.defaultdict(float)  # of this process, not of those that it starts


@contextlib.contextmanager
def stage(name):
    start, processor = time.perf_counter(), time.process_time()
    yield
    SECONDS[name] += time.perf_counter() - start
    PROCESSOR_SECONDS[name] += time.process_time() - processor


class Pack:
    def __init__(self, folder):
        self.folder, self.manifest = folder, json.loads((folder / "pack.json").read_text())
        with open(folder / "stimuli.csv", newline="") as table:
            self.images = [folder / row["file"] for row in csv.DictReader(table)]
        self.recordings = {one["id"]: one for one in self.manifest["recordings"]}

    def array(self, recording):
        return np.load(self.folder / self.recordings[recording]["file"]).astype(np.float64)

    def rdms(self, recording):
        """[subject × stimulus × stimulus], averaged over sessions."""
        values, axes = self.array(recording), self.recordings[recording]["axes"]
        if "session" in axes:
            values = values.mean(axes.index("session"))
        return values if "subject" in axes else values[None]


def activations(net, entry, layers, images, batch):
    """{layer: [stimulus × feature]}, float32."""
    seen, modules = {}, dict(net.named_modules())

    def keep(layer, first):
        def hook(_, __, output):
            rows = output.flatten(1)
            if layer not in seen:
                seen[layer] = np.empty((len(images), rows.shape[1]), np.float32)
            seen[layer][first[0]:first[0] + len(rows)] = rows
        return hook

    first = [0]
    hooks = [modules[layer].register_forward_hook(keep(layer, first)) for layer in layers]
    mean, std = (torch.tensor(entry[key]).view(3, 1, 1) for key in ("mean", "std"))
    size = (entry["input"][2], entry["input"][1])
    with torch.inference_mode():
        for first[0] in range(0, len(images), batch):
            pixels = [np.asarray(Image.open(file).convert("RGB").resize(size, Image.BILINEAR)) for file in images[first[0]:first[0] + batch]]
            net((torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2).float() / 255 - mean) / std)
    for hook in hooks:
        hook.remove()
    return seen


def score_pack(net, entry, layers, pack, options):
    with stage("network"):
        seen = activations(net, entry, layers, pack.images, options.batch)
    rdms = None
    for spec in pack.manifest["benchmarks"]:
        random = np.random.default_rng(spec["seed"])
        resamples = options.resamples or spec["options"]["bootstrap"]
        if spec["metric"] == "rsa":
            if rdms is None:
                with stage("RDMs"):
                    rdms = np.stack([1 - np.corrcoef(seen[layer]) for layer in layers])
            score = peer_rsa.score(rdms, pack.rdms(spec["recording"]), spec, resamples, random, options.by_hand, stage)
        else:
            score = peer_ridge.score(seen, pack.array(spec["recording"]), pack.array(spec["trials"]), spec, resamples, random, options, stage)
        for layer, path in zip(score["layers"], layers):
            layer["layer"] = path
        yield {"benchmark": spec["id"], **score}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], formatter_class=argparse.RawDescriptionHelpFormatter,
                                     epilog="example: peer.py --packs packs/kriegeskorte2008 --models ../shared/models --out peer.json --by-hand")
    parser.add_argument("--packs", nargs="+", type=pathlib.Path, required=True)
    parser.add_argument("--models", type=pathlib.Path, required=True)
    parser.add_argument("--network", default="squeezenet1_1")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--by-hand", action="store_true")
    parser.add_argument("--resamples", type=int, default=0, help="of RSA and ridge; 0: as many as the pack says")
    parser.add_argument("--folds", type=int, default=0, help="of ridge, the first ones alone; 0: all")
    parser.add_argument("--batch", type=int, default=32)
    options = parser.parse_args()
    with stage("network"):
        net, entry = export_known.load(options.models, options.network)
    layers = export_known.layers_of(net, entry["class"])
    scores = [score for folder in options.packs for score in score_pack(net, entry, layers, Pack(folder), options)]
    total = time.perf_counter() - STARTED
    SECONDS["imports and the rest"] = total - sum(SECONDS.values())
    options.out.write_text(json.dumps({"seconds": SECONDS, "processor_seconds": PROCESSOR_SECONDS, "scores": scores}))


if __name__ == "__main__":
    main()
