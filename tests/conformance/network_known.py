"""network_known.py MODELS NAME FOLDER: a real network with every module a layer, and PyTorch's answers for it."""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "client/python"), str(ROOT / "tests/unit/network")]

import torch

import reference
from ventral import export_known, modules


def main() -> None:
    models, name, folder = pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3])
    net, entry = export_known.load(models, name)
    size = tuple(entry["input"])
    layers = modules.watch(net, torch.rand(2, *size)).layers()
    reference.write(net, folder, size, layers, batch=3)


if __name__ == "__main__":
    main()
