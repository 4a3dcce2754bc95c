"""What PyTorch itself computes for a network: the answer that the C++ reader is held against."""

import pathlib

import numpy as np
import torch

import ventral


def activations(net: torch.nn.Module, images: torch.Tensor, layers: list[str]) -> dict[tuple[str, int], torch.Tensor]:
    """(path, call) → output [stimulus × …], by forward hooks; copied at once, as a later layer may write into it."""
    seen: dict[tuple[str, int], torch.Tensor] = {}
    calls: dict[str, int] = {}

    def hook(path):
        def keep(module, inputs, output):
            step = calls.get(path, 0)
            calls[path] = step + 1
            seen[path, step] = output.detach().clone()
        return keep

    modules = dict(net.named_modules(remove_duplicate=False))
    handles = [modules[path].register_forward_hook(hook(path)) for path in layers]
    with torch.no_grad():
        seen["", 0] = net(images.clone()).detach().clone()
    for handle in handles:
        handle.remove()
    return seen


def write(net: torch.nn.Module, folder: pathlib.Path, input_size: tuple[int, int, int], layers: list[str],
          batch: int = 5) -> None:
    """folder/net.pt2, images.f32 and, for each line "path step" of layers.txt, its number.f32; "" is the output."""
    folder.mkdir(parents=True, exist_ok=True)
    net.eval()
    ventral.export(net, folder / "net.pt2", input_size=input_size, mean=(0.5,) * 3, std=(0.25,) * 3, layers=layers)
    images = torch.randn((batch, *input_size), generator=torch.Generator().manual_seed(3))
    _write(folder / "images.f32", images)
    lines = []
    for number, ((path, step), output) in enumerate(activations(net, images, layers).items()):
        _write(folder / f"{number}.f32", output)
        lines.append(f"{step} {path}\n")
    (folder / "layers.txt").write_text("".join(lines))


def _write(file: pathlib.Path, tensor: torch.Tensor) -> None:
    tensor.numpy().astype(np.float32).tofile(file)
