"""Whether a written file computes what the network does, module by module."""

import copy
import pathlib
import warnings
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch.utils import _pytree as pytree

from ventral import layer_names, modules, network_input, reader
from ventral import sampling as draws
from ventral.errors import MismatchError
from ventral.preprocessing import Input, Sampling

# Of a module's largest absolute value. The same operators in another order differ by some 1e-6; a wrong one by far more.
TOLERANCE = 1e-4


def verify(file: pathlib.Path, net: torch.nn.Module, images: torch.Tensor, about: Input = Input(),
           sampling: Sampling | None = None) -> reader.Inspection | None:
    """Runs `file` and `net` on `images` [stimulus × 3 × height × width] and compares the outputs of all modules.

    about: how `net` takes images; sampling: where it draws random numbers, which both then draw alike.
    Returns what the reader sees. Raises RefusedError where the service would refuse the file, MismatchError where a
    module's output differs. Where there is no program `ventral`, compares the network's output alone, and warns.
    """
    example = network_input.as_input(images, about)
    try:
        seen, values = reader.activations(file, images.numpy())
    except reader.NoReaderError as missing:
        _verify_output(file, net, example, sampling)
        warnings.warn(f"{missing}: the file was not read as the service reads it, and only the network's last output was "
                      "compared (through torch.export.load)", stacklevel=4)
        return None
    _compare_modules(seen, values, net, example, sampling)
    return seen


def _compare_modules(seen: reader.Inspection, values: dict[tuple[str, int], npt.NDArray[np.float32]],
                     net: torch.nn.Module, example: torch.Tensor, sampling: Sampling | None) -> None:
    live: dict[tuple[str, int], torch.Tensor] = {}
    net = copy.deepcopy(net)  # a forward pass may change buffers
    with draws.drawing_as_inspect(sampling):
        modules.watch(net, example.clone(), lambda layer, step, output: live.__setitem__((layer, step), output))
    names: dict[torch.nn.Module, list[str]] = {}
    for path, module in net.named_modules(remove_duplicate=False):
        names.setdefault(module, []).append(path)
    module_at = dict(net.named_modules(remove_duplicate=False))
    done: dict[tuple[torch.nn.Module, str], int] = {}
    unseen = []
    for layer in seen:
        path, element = layer_names.split(layer.path)
        module = module_at.get(path)
        if module is None:
            continue  # torch.export's own, such as a module of a wrapped region
        # A module of several names is one to a hook, which counts its calls through.
        step = done.get((module, element), 0) if len(names[module]) > 1 else layer.step
        done[module, element] = step + 1
        wanted = live.get((layer.path, step))
        if layer.problem:
            continue
        if wanted is None:
            unseen.append(layer.path)
        else:
            _compare(f"module {layer.path!r}, step {layer.step}", values[layer.path, layer.step], wanted)
    if unseen:
        warnings.warn(f"outputs of these modules could not be compared: {', '.join(dict.fromkeys(unseen))}")


def _verify_output(file: pathlib.Path, net: torch.nn.Module, example: torch.Tensor, sampling: Sampling | None) -> None:
    with torch.no_grad():
        with draws.drawing_as_inspect(sampling):
            written: Any = torch.export.load(file).module()(example.clone())
        with draws.drawing_as_inspect(sampling):
            wanted = copy.deepcopy(net)(example.clone())
    for got, live in zip(pytree.tree_leaves(written), pytree.tree_leaves(wanted), strict=True):
        if isinstance(live, torch.Tensor):
            _compare("the network", got.detach().float().numpy(), live)


def _compare(what: str, got: npt.NDArray[np.float32], live: torch.Tensor) -> None:
    wanted = live.detach().float().numpy()
    if got.shape != wanted.shape:
        raise MismatchError(f"{what}: the written file gives {got.shape}, the network {wanted.shape}")
    if wanted.size == 0:
        return
    scale = float(np.abs(wanted).max())
    difference = float(np.abs(got - wanted).max())
    if not difference <= TOLERANCE * scale:
        raise MismatchError(f"{what}: the written file differs from the network by {difference:.3g}, where the largest "
                            f"value is {scale:.3g}: the network may not be deterministic, or depend on the batch")
