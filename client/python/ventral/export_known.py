"""python -m ventral.export_known NAME --models DIR --out FILE.pt2 [--random SEED]

Writes one of the networks of a folder that holds architectures.py, networks.json and NAME.npz.
"""

import argparse
import importlib.util
import json
import pathlib
import re
import sys
from typing import Any

import numpy as np
import torch

from ventral.exporter import export

# The outputs of the blocks of each architecture: what is scored of it.
LAYERS = {
    "SqueezeNet": r"features\.(2|3|4|5|6|7|8|9|10|11|12)|classifier\.3",
    "MobileNetV1": r"stem|blocks\.\d+|head",
    "MobileNetV2": r"stem|blocks\.\d+|last|head",
    "CifarResNet": r"bn1|layer\d\.\d+|linear",
}


def load(models: pathlib.Path, name: str, seed: int | None = None) -> tuple[torch.nn.Module, dict[str, Any]]:
    """The network and its entry of networks.json; PyTorch's initial weights from `seed` if there is one."""
    known = json.loads((models / "networks.json").read_text())
    if name not in known:
        raise ValueError(f"{models} has no network {name!r}; it has {', '.join(known)}")
    entry = known[name]
    spec = importlib.util.spec_from_file_location("architectures", models / "architectures.py")
    if spec is None or spec.loader is None:
        raise ValueError(f"{models / 'architectures.py'} is no Python file")
    architectures = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(architectures)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0 if seed is None else seed)
        net = getattr(architectures, entry["class"])(*entry["args"], classes=entry["classes"])
    if seed is None:
        with np.load(models / f"{name}.npz") as weights:
            net.load_state_dict({key: torch.tensor(weights[key]) for key in weights.files})
    return net.eval(), entry


def layers_of(net: torch.nn.Module, kind: str) -> list[str]:
    pattern = re.compile(LAYERS[kind])
    return [path for path, _ in net.named_modules() if pattern.fullmatch(path)]


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m ventral.export_known", description=__doc__.splitlines()[-1])
    parser.add_argument("name", help="a network of networks.json")
    parser.add_argument("--models", "--architectures", dest="models", required=True, type=pathlib.Path,
                        help="folder with architectures.py, networks.json and the weights")
    parser.add_argument("--out", required=True, type=pathlib.Path, help="the .pt2 file to write")
    parser.add_argument("--random", type=int, metavar="SEED", help="the same architecture with PyTorch's initial weights")
    options = parser.parse_args(arguments)
    try:
        net, entry = load(options.models, options.name, options.random)
        file = export(net, options.out, input_size=tuple(entry["input"]), mean=entry["mean"], std=entry["std"],
                      layers=layers_of(net, entry["class"]))
    except (ValueError, OSError) as error:
        sys.exit(f"ventral.export_known: {error}")
    print(file)


if __name__ == "__main__":
    main()
