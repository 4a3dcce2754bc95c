"""What PyTorch itself computes for a network: the answer that the C++ reader is held against."""

import pathlib

import numpy as np
import torch
from torch.utils import _pytree as pytree

import ventral


def leaves(path: str, output) -> dict[str, torch.Tensor]:
    """Layer name → tensor of what a module returned: its path, or path..element where it returns no single tensor."""
    if isinstance(output, torch.Tensor):
        return {path: output}
    found = pytree.tree_flatten_with_path(output)[0]
    names = {".".join(str(getattr(key, "key", getattr(key, "idx", None))) for key in keys): leaf for keys, leaf in found}
    return {f"{path}..{name}": leaf for name, leaf in names.items() if isinstance(leaf, torch.Tensor)
}

def activations(net: torch.nn.Module, images: torch.Tensor, layers: list[str] | None,
                output: str = "", unseen: tuple[str, ...] = ()) -> dict[tuple[str, int], torch.Tensor]:
    """(layer, call) → output, by forward hooks; copied at once, as a later layer may write into it.

    layers: None for all that are floating point. output: the element that is the network's; "" names it in the result.
    unseen: modules that torch.cond calls, which must have no hooks.
    A module under two names is one for a hook: the names take turns, as the calls do in these networks.
    """
    seen: dict[tuple[str, int], torch.Tensor] = {}
    calls: dict[str, int] = {}
    paths: dict[torch.nn.Module, list[str]] = {}
    for path, module in net.named_modules(remove_duplicate=False):
        if path and path not in unseen:
            paths.setdefault(module, []).append(path)
    turns: dict[torch.nn.Module, int] = {}

    def keep(module, inputs, result):
        turn = turns.get(module, 0)
        turns[module] = turn + 1
        path = paths[module][turn % len(paths[module])]
        step = calls.get(path, 0)
        calls[path] = step + 1
        for layer, tensor in leaves(path, result).items():
            if (layer in layers) if layers is not None else tensor.is_floating_point():
                seen[layer, step] = tensor.detach().clone()

    handles = [module.register_forward_hook(keep) for module in paths]
    with torch.no_grad():
        result = leaves("", net(images.clone()))
    seen["", 0] = result[".." + output if output else ""].detach().clone()
    for handle in handles:
        handle.remove()
    return seen


def write(net: torch.nn.Module, folder: pathlib.Path, input_size: tuple[int, int, int], layers: list[str],
          batch: int = 5) -> None:
    """folder/net.pt2, images.f32 and, for each line "path step" of layers.txt, its number.f32; "" is the output."""
    folder.mkdir(parents=True, exist_ok=True)
    net.eval()
    ventral.export(net, folder / "net.pt2", input_size=input_size, mean=(0.5,) * 3, std=(0.25,) * 3, layers=layers,
                   verify=False)  # the reader is what is tested
    write_answers(net, folder, torch.randn((batch, *input_size), generator=torch.Generator().manual_seed(3)), layers)


def write_answers(net: torch.nn.Module, folder: pathlib.Path, images: torch.Tensor, layers: list[str] | None,
                  output: str = "", unseen: tuple[str, ...] = ()) -> None:
    """Of `write`, all but the network."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "images.f32", images)
    lines = []
    for number, ((path, step), result) in enumerate(activations(net, images, layers, output, unseen).items()):
        _write(folder / f"{number}.f32", result)
        lines.append(f"{step} {path}\n")
    (folder / "layers.txt").write_text("".join(lines))


def _write(file: pathlib.Path, tensor: torch.Tensor) -> None:
    tensor.numpy().astype(np.float32).tofile(file)
