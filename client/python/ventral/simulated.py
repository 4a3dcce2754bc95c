"""Makes the pack simulated-cortex and three small networks, from a seed: a benchmark with a known answer.

Neurons are known linear read-outs of one layer of a teacher network, with Gaussian noise of known variance in each
trial, so the highest correlation that any model can reach with the mean over R trials is known: √(S / (S + σ²/R)) for
a neuron of signal variance S. The teacher must reach it, and lesser networks must score less. Subjects' RDMs are the teacher's
own with noise.

python -m ventral.simulated OUT
writes OUT/simulated-cortex (the pack), OUT/teacher.pt2, student.pt2, random.pt2, and OUT/truth.json.
"""

import argparse
import json
import pathlib
import shutil
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn

from ventral.exporter import export
from ventral.simulated_images import make_images

SEED = 2026
SIZE = 64        # pixels
STIMULI = 400
NEURONS = 60
TRIALS = 10
SUBJECTS = 6
READ_OUT = "pool"  # the teacher's layer that the neurons read
MEAN = STD = (0.5, 0.5, 0.5)


class SmallNetwork(nn.Module):
    """Three convolutions and a global mean: 24 features at the end, few enough for 360 stimuli to fit a read-out."""

    def __init__(self, widths: tuple[int, int, int], kernel: int, seed: int):
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.conv1 = nn.Conv2d(3, widths[0], kernel, stride=2, padding=kernel // 2)
            self.conv2 = nn.Conv2d(widths[0], widths[1], 3, stride=2, padding=1)
            self.conv3 = nn.Conv2d(widths[1], widths[2], 3, stride=2, padding=1)
            for conv in (self.conv1, self.conv2, self.conv3):
                nn.init.orthogonal_(conv.weight, gain=2.0)
        self.pool = nn.AdaptiveAvgPool2d(1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.relu(self.conv1(x))
        x = torch.relu(self.conv2(x))
        pooled: torch.Tensor = self.pool(torch.relu(self.conv3(x)))
        return pooled.flatten(1)


NETWORKS: dict[str, Callable[[], SmallNetwork]] = {
    "teacher": lambda: SmallNetwork((24, 32, 24), 7, SEED),
    "student": lambda: SmallNetwork((16, 24, 24), 5, SEED + 1),  # another of the same family
    "random": lambda: SmallNetwork((3, 4, 4), 3, SEED + 2),      # hardly any features
}


def features_of(net: nn.Module, images: np.ndarray) -> np.ndarray:
    """The teacher's last layer [stimulus × feature], float64."""
    batch = torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255
    with torch.no_grad():
        features: torch.Tensor = net.eval()((batch - MEAN[0]) / STD[0])
    return features.double().numpy()


def make_neurons(features: np.ndarray, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Trials [trial × stimulus × neuron] and each neuron's known ceiling [neuron]."""
    standard = (features - features.mean(0)) / (features.std(0) + 1e-9)
    signal = standard @ random.standard_normal((features.shape[1], NEURONS))
    signal = 5 + (signal - signal.mean(0)) / signal.std(0)  # S = 1
    noise_variance = random.uniform(1, 6, NEURONS)          # of one trial
    noise = random.standard_normal((TRIALS, STIMULI, NEURONS)) * np.sqrt(noise_variance)
    return signal + noise, np.sqrt(1 / (1 + noise_variance / TRIALS))


def make_rdms(features: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """[subject × stimulus × stimulus]: the teacher's correlation distances, each subject with noise of its own."""
    true = 1 - np.corrcoef(features)
    rdms = []
    for _ in range(SUBJECTS):
        noise = np.triu(random.standard_normal(true.shape), 1) * true[np.triu_indices_from(true, 1)].std()
        rdm = true + noise + noise.T
        np.fill_diagonal(rdm, 0)
        rdms.append(rdm - min(rdm.min(), 0) * (1 - np.eye(len(rdm))))
    return np.stack(rdms)


def manifest() -> dict[str, Any]:
    neurons = {"kind": "responses", "species": "simulated", "region": "cortex", "modality": "simulation",
               "units": "standard deviations of the noiseless response", "subjects": 1}
    return {
        "format": 1, "id": "simulated-cortex", "version": "1.0.0",
        "title": f"{NEURONS} simulated neurons: noisy linear read-outs of a teacher network, with a known ceiling",
        "citation": "None: made by Ventral from a seed.", "licence": "CC0-1.0",
        "stimuli": {"file": "stimuli.csv", "count": STIMULI},
        "recordings": [
            {"id": "neurons", "file": "responses.npy", "axes": ["stimulus", "neuroid"], **neurons},
            {"id": "neurons_trials", "file": "trials.npy", "axes": ["repeat", "stimulus", "neuroid"], **neurons},
            {"id": "subjects", "kind": "rdms", "file": "rdms.npy", "axes": ["subject", "stimulus", "stimulus"],
             "species": "simulated", "region": "cortex", "modality": "simulation", "units": "1 - Pearson r, with noise",
             "subjects": SUBJECTS},
        ],
        "benchmarks": [
            {"id": "simulated-cortex.neurons.ridge", "recording": "neurons", "trials": "neurons_trials", "metric": "ridge",
             "seed": SEED, "options": {"penalties": [0.0001, 0.001, 0.01, 0.1, 1], "penalty_scale": "relative", "folds": 10,
                                       "bootstrap": 1000, "ceiling_splits": 100, "min_reliability": 0.1}},
            {"id": "simulated-cortex.subjects.rsa", "recording": "subjects", "metric": "rsa", "seed": SEED,
             "options": {"rdm": "correlation", "comparator": "pearson", "bootstrap": 200}},
        ],
    }


def write_pack(pack: pathlib.Path, images: np.ndarray, features: np.ndarray) -> float:
    """Writes the pack's folder and returns the known ceiling: the median over neurons."""
    try:
        from PIL import Image
    except ImportError as error:
        raise SystemExit("ventral.simulated writes PNG files with Pillow: pip install pillow") from error
    random = np.random.default_rng(SEED + 10)
    trials, ceilings = make_neurons(features, random)
    (pack / "stimuli").mkdir(parents=True)
    names = [f"{i + 1:04d}" for i in range(STIMULI)]
    for name, image in zip(names, images):
        Image.fromarray(image).save(pack / "stimuli" / f"{name}.png")
    (pack / "stimuli.csv").write_text(
        "stimulus_id,file\n" + "".join(f"{name},stimuli/{name}.png\n" for name in names))
    np.save(pack / "trials.npy", trials.astype(np.float32))
    np.save(pack / "responses.npy", trials.mean(0).astype(np.float32))
    np.save(pack / "rdms.npy", make_rdms(features, random).astype(np.float32))
    (pack / "pack.json").write_text(json.dumps(manifest(), indent=2) + "\n")
    return float(np.median(ceilings))


def write_all(out: pathlib.Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    images = make_images(STIMULI, SIZE, SEED)
    features = features_of(NETWORKS["teacher"](), images)
    half_made = out / ".simulated-cortex"
    shutil.rmtree(half_made, ignore_errors=True)
    ceiling = write_pack(half_made, images, features)
    for name, make in NETWORKS.items():
        export(make(), out / f"{name}.pt2", input_size=(3, SIZE, SIZE), mean=MEAN, std=STD,
               layers=["conv1", "conv2", "conv3", READ_OUT])
    (out / "truth.json").write_text(json.dumps({"simulated-cortex.neurons.ridge": {"known_ceiling": ceiling}}) + "\n")
    shutil.rmtree(out / "simulated-cortex", ignore_errors=True)
    half_made.rename(out / "simulated-cortex")  # last: who finds it, finds all


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m ventral.simulated", description=__doc__.splitlines()[0],
                                     epilog="Example: python -m ventral.simulated /tmp/simulated")
    parser.add_argument("out", type=pathlib.Path, help="folder to write to")
    write_all(parser.parse_args().out)


if __name__ == "__main__":
    main()
