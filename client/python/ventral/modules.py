"""Which modules of a network can be layers: what one forward pass shows."""

import dataclasses
import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch.utils import _pytree as pytree


@dataclasses.dataclass
class ModuleCalls:
    """What was seen of one module."""

    calls: int = 0
    passes_integers: bool = False
    # Every call returned one floating-point tensor with a row a stimulus.
    is_layer: bool = True


def watch(net: torch.nn.Module, example: torch.Tensor,
          take: Callable[[str, int, torch.Tensor], None] | None = None) -> dict[str, ModuleCalls]:
    """Runs `net` on `example` [stimulus × 3 × height × width]; one entry a named module, by dotted path.

    take: hears of each call that returned one tensor: (path, step, a copy of it as it was then).
    """
    # A module registered under two names is one module: torch.export tells its calls apart, a hook does not.
    seen = {path: ModuleCalls() for path, _ in net.named_modules(remove_duplicate=False) if path}
    paths: dict[torch.nn.Module, list[str]] = {}
    for path, module in net.named_modules(remove_duplicate=False):
        if path:
            paths.setdefault(module, []).append(path)

    def note(module: torch.nn.Module, args: Any, kwargs: Any, output: Any) -> None:
        leaves = pytree.tree_leaves((args, kwargs, output))
        for path in paths[module]:
            calls = seen[path]
            if take is not None and isinstance(output, torch.Tensor):
                take(path, calls.calls, output.detach().clone())
            calls.calls += 1
            calls.passes_integers |= any(type(leaf) is int for leaf in leaves)
            calls.is_layer &= (isinstance(output, torch.Tensor) and output.is_floating_point()
                               and output.dim() >= 1 and output.shape[0] == example.shape[0])

    handles = [module.register_forward_hook(note, with_kwargs=True) for module in paths]
    try:
        with torch.no_grad():
            net(example)
    finally:
        for handle in handles:
            handle.remove()
    return seen


def choose(seen: dict[str, ModuleCalls], layers: Sequence[str] | None) -> list[str]:
    """The layers to score: those asked for, or every module that can be one.

    Raises ValueError, naming the path, for what is not a module, was not called, or returns no single tensor.
    """
    if layers is None:
        return [path for path, calls in seen.items() if calls.calls and calls.is_layer]
    if isinstance(layers, str):
        raise ValueError(f"layers is a list of module paths, not the text {layers!r}")
    if not layers:
        raise ValueError("layers is empty: name at least one module, or leave it out for all of them")
    for path in layers:
        _check(seen, path)
    doubled = {path for path in layers if list(layers).count(path) > 1}
    if doubled:
        raise ValueError(f"layers names {sorted(doubled)} twice")
    return list(layers)


def check_time_map(seen: dict[str, ModuleCalls], time_map: Mapping[str, Sequence[float]]) -> None:
    """Raises ValueError, naming the path, for what is not called, or not as often as there are milliseconds."""
    for path, times in time_map.items():
        if path not in seen or not seen[path].calls:
            raise ValueError(f"time_map: {path!r} is no module that the network calls")
        if seen[path].calls != len(times):
            raise ValueError(f"time_map[{path!r}] has {len(times)} times, and the network calls it {seen[path].calls} times")


def _check(seen: dict[str, ModuleCalls], path: str) -> None:
    if path not in seen:
        near = difflib.get_close_matches(str(path), seen, n=3)
        hint = f"; near to it: {', '.join(near)}" if near else "; see dict(net.named_modules())"
        raise ValueError(f"the network has no module {path!r}{hint}")
    if not seen[path].calls:
        raise ValueError(f"module {path!r} is not called in a forward pass, so it has no output")
    if not seen[path].is_layer:
        raise ValueError(f"module {path!r} does not return one floating-point tensor with a row for each image")
