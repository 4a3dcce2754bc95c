"""A pretrained SqueezeNet on real recordings: ventral against eager PyTorch, SciPy and scikit-learn.

Usage: squeezenet_peers.py VENTRAL_PROGRAM SOURCE_ROOT SHARED
Exports the network, builds the packs, runs `ventral score --json`, and computes the same again from the images with nothing of
Ventral's but its folds. Fails where a layer's score differs by more than 0.002.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import torch
from PIL import Image
from scipy.optimize import nnls
from scipy.spatial.distance import pdist
from scipy.stats import rankdata
from sklearn.linear_model import RidgeCV

TOLERANCE = 0.002
RIDGE_LAYERS = ("features.9", "features.12")  # the widest ones take minutes in scikit-learn
MOST_MAPS = 128  # likewise in scipy.optimize.nnls


def shuffled_folds(stimuli: int, folds: int, seed: int) -> list[np.ndarray]:
    """Test rows of each fold: scoring/metrics/folds.cc and scoring/base/random.cc, told again."""
    mask = (1 << 64) - 1
    def split_mix(x):
        x = (x + 0x9E3779B97F4A7C15) & mask
        z = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        return x, z ^ (z >> 31)
    rotate = lambda x, k: ((x << k) | (x >> (64 - k))) & mask
    _, start = split_mix(seed)
    y, state = start ^ (1 << 41), []
    for _ in range(4):
        y, word = split_mix(y)
        state.append(word)
    def next_number():
        result = (rotate((state[1] * 5) & mask, 7) * 9) & mask
        t = (state[1] << 17) & mask
        state[2] ^= state[0]; state[3] ^= state[1]; state[1] ^= state[2]; state[0] ^= state[3]
        state[2] ^= t
        state[3] = rotate(state[3], 45)
        return result
    def below(n):
        product = next_number() * n
        if (product & mask) < n:
            while (product & mask) < (-n & mask) % n:
                product = next_number() * n
        return product >> 64
    order = list(range(stimuli))
    for i in range(stimuli, 1, -1):
        j = below(i)
        order[i - 1], order[j] = order[j], order[i - 1]
    return [np.sort([row for place, row in enumerate(order) if place % folds == fold]) for fold in range(folds)]


def activations(net, entry, layers, images):
    """{layer: [stimulus × feature]} of eager PyTorch on PIL images, and {layer: shape of one stimulus}."""
    seen, shapes = {layer: [] for layer in layers}, {}
    modules = dict(net.named_modules())
    def keep(layer, out):
        seen[layer].append(out.detach().flatten(1).clone())
        shapes[layer] = out.shape[1:]
    hooks = [modules[layer].register_forward_hook(lambda _, __, out, layer=layer: keep(layer, out)) for layer in layers]
    mean, std = (torch.tensor(entry[key]).view(3, 1, 1) for key in ("mean", "std"))
    size = (entry["input"][2], entry["input"][1])
    for begin in range(0, len(images), 32):
        pixels = [np.asarray(Image.open(file).convert("RGB").resize(size, Image.BILINEAR)) for file in images[begin:begin + 32]]
        batch = torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2).float() / 255
        with torch.no_grad():
            net((batch - mean) / std)
    for hook in hooks:
        hook.remove()
    return {layer: torch.cat(parts).numpy() for layer, parts in seen.items()}, shapes


def rsa(features, rdms):
    upper = np.triu_indices(len(features), 1)
    ours = rankdata(1 - np.corrcoef(features.astype(np.float64))[upper])
    return np.mean([np.corrcoef(ours, rankdata(rdm[upper]))[0, 1] for rdm in rdms])


def ridge(features, responses, spec):
    penalties, folds = spec["options"]["penalties"], spec["options"]["folds"]
    features = features.astype(np.float64)
    scores = []
    for test in shuffled_folds(len(features), folds, spec["seed"]):
        train = np.setdiff1d(np.arange(len(features)), test)
        centred = features[train] - features[train].mean(0)
        scale = (centred**2).sum(1).mean()
        fit = RidgeCV(alphas=[penalty * scale for penalty in penalties]).fit(features[train], responses[train])
        predicted = fit.predict(features[test])
        scores.append(np.nanmedian([np.corrcoef(p, r)[0, 1] for p, r in zip(predicted.T, responses[test].T)]))
    return np.mean(scores)


def nearest_unit(features, responses, spec):
    features = features.astype(np.float64)
    scores = []
    for test in shuffled_folds(len(features), spec["options"]["folds"], spec["seed"]):
        train = np.setdiff1d(np.arange(len(features)), test)
        x, y = (values[train] - values[train].mean(0) for values in (features, responses))
        length = np.sqrt((x**2).sum(0))
        r = np.where(length > 0, 1 / np.where(length > 0, length, 1), np.nan)[:, None] * (x.T @ (y / np.sqrt((y**2).sum(0))))
        units = np.nanargmax(r, 0)
        with np.errstate(invalid="ignore"):
            scores.append(np.nanmedian([np.corrcoef(features[test, unit], responses[test, n])[0, 1] for n, unit in enumerate(units)]))
    return np.mean(scores)


def feature_map_rsa(features, shape, rdms, spec):
    features = features.astype(np.float64).reshape(len(features), shape[0], -1)
    maps = np.stack([pdist(features[:, c], "sqeuclidean") for c in range(shape[0])], 1)  # [pair x map]
    first, second = np.triu_indices(len(features), 1)
    recorded = np.array([rdm[first, second] for rdm in rdms])
    unit = lambda x: (x - x.mean(0)) / np.linalg.norm(x - x.mean(0))
    scores = []
    for test in shuffled_folds(len(features), spec["options"]["folds"], spec["seed"]):
        held_out = np.isin(first, test) & np.isin(second, test)
        train = ~np.isin(first, test) & ~np.isin(second, test)
        x = maps[train] - maps[train].mean(0)
        for s in range(len(rdms)):
            weights, _ = nnls(x, sum(unit(recorded[o, train]) for o in range(len(rdms)) if o != s or len(rdms) == 1), maxiter=10_000)
            scores.append(unit(maps[held_out] @ weights) @ unit(recorded[s, held_out]))
    return np.mean(scores)


def add_feature_map_rsa(pack):
    """Beside the benchmarks of RSA, by Pearson's r; the layers' choice would fit each four times again."""
    manifest = json.loads((pack / "pack.json").read_text())
    for spec in [spec for spec in manifest["benchmarks"] if spec["metric"] == "rsa"]:
        options = {"folds": 5, "comparator": "pearson", "bootstrap": 20, "layer_choice": "best"}
        manifest["benchmarks"].append({**spec, "id": spec["id"].replace("rsa", "feature_map_rsa"), "metric": "feature_map_rsa", "options": options})
    (pack / "pack.json").write_text(json.dumps(manifest))


def add_nearest_unit(pack):
    """Beside the benchmark of ridge, on the same recording and folds."""
    manifest = json.loads((pack / "pack.json").read_text())
    ridges = [spec for spec in manifest["benchmarks"] if spec["metric"] == "ridge"]
    for spec in ridges:
        options = {name: spec["options"][name] for name in ("folds", "min_reliability", "bootstrap")}
        manifest["benchmarks"].append({**spec, "id": spec["id"].replace("ridge", "nearest_unit"), "metric": "nearest_unit", "options": options})
    (pack / "pack.json").write_text(json.dumps(manifest))


def main():
    ventral, root, shared = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    if not (shared / "models").is_dir() or not (shared / "data").is_dir():
        print(f"skipped: {shared}, with real recordings and networks, is not there")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as scratch:
        sys.exit(0 if agree(ventral, root, shared, pathlib.Path(scratch)) else 1)


def agree(ventral, root, shared, scratch):
    sys.path.insert(0, str(root / "client/python"))
    from ventral import export_known
    net, entry = export_known.load(shared / "models", "squeezenet1_1")
    checkpoint = scratch / "squeezenet1_1.pt2"
    export_known.main(["squeezenet1_1", "--models", str(shared / "models"), "--out", str(checkpoint)])

    worst = 0.0
    def compare(benchmark, layer, ours, theirs):
        nonlocal worst
        worst = max(worst, abs(ours - theirs))
        print(f"{benchmark:32} {layer:14} ventral {ours:.5f}  peer {theirs:.5f}  difference {abs(ours - theirs):.1e}", flush=True)

    for name in ("kriegeskorte2008", "cowley2023_v4"):
        pack = scratch / name
        subprocess.run([ventral, "pack", "build", root / "benchmarks" / name, "--from", shared / "data", "--out", pack],
                       check=True, capture_output=True)
        add_nearest_unit(pack)
        add_feature_map_rsa(pack)
        report = json.loads(subprocess.run([ventral, "score", checkpoint, "--pack", pack, "--json"], check=True,
                                           capture_output=True).stdout)
        manifest = json.loads((pack / "pack.json").read_text())
        specs = {spec["id"]: spec for spec in manifest["benchmarks"]}
        files = {recording["id"]: pack / recording["file"] for recording in manifest["recordings"]}
        rows = (pack / "stimuli.csv").read_text().splitlines()
        column = rows[0].split(",").index("file")
        images = [pack / row.split(",")[column] for row in rows[1:]]
        layers = [layer["layer"]["path"] for layer in report["scores"][0]["layers"]]
        wanted = layers if name == "kriegeskorte2008" else [layer for layer in layers if layer in RIDGE_LAYERS]
        seen, shapes = activations(net, entry, wanted, images)
        for score in report["scores"]:
            spec = specs[score["benchmark"]]
            recording = np.load(files[spec["recording"]]).astype(np.float64)
            for layer in score["layers"]:
                path = layer["layer"]["path"]
                if path not in seen:
                    continue
                if spec["metric"] == "rsa":
                    n = len(images)
                    rdms = recording.mean(1) if recording.ndim == 4 else recording.reshape(-1, n, n)
                    compare(score["benchmark"], path, layer["raw"], rsa(seen[path], rdms))
                elif spec["metric"] == "feature_map_rsa":
                    if shapes[path][0] > MOST_MAPS:
                        continue
                    rdms = recording.mean(1) if recording.ndim == 4 else recording.reshape(-1, len(images), len(images))
                    compare(score["benchmark"], path, layer["raw"], feature_map_rsa(seen[path], shapes[path], rdms, spec))
                elif spec["metric"] == "nearest_unit":
                    compare(score["benchmark"], path, layer["raw"], nearest_unit(seen[path], recording, spec))
                else:
                    compare(score["benchmark"], path, layer["raw"], ridge(seen[path], recording, spec))
    print(f"largest difference {worst:.1e}, allowed {TOLERANCE}")
    return worst <= TOLERANCE


if __name__ == "__main__":
    main()
