"""Which modules of a network can be layers: what one forward pass shows."""

import dataclasses
import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch.utils import _pytree as pytree

from ventral import layer_names


@dataclasses.dataclass
class ModuleCalls:
    """What was seen of one module."""

    calls: int = 0
    passes_integers: bool = False
    # Element (layer_names) → whether every call returned floating-point numbers with a row a stimulus there.
    returned: dict[str, bool] = dataclasses.field(default_factory=dict)

    def add(self, found: Mapping[str, torch.Tensor], stimuli: int) -> None:
        fits = {element: tensor.is_floating_point() and tensor.dim() >= 1 and tensor.shape[0] == stimuli
                for element, tensor in found.items()}
        self.returned = {element: fits.get(element, False) and self.returned.get(element, self.calls == 0)
                         for element in {**self.returned, **fits}}
        self.calls += 1

    @property
    def is_layer(self) -> bool:
        """Every call returned one floating-point tensor with a row a stimulus."""
        return self.returned.get("", False)


@dataclasses.dataclass
class Seen:
    """One forward pass. modules: every named module, by dotted path; output: the tensors that the network returned."""

    modules: dict[str, ModuleCalls]
    output: list[str] = dataclasses.field(default_factory=list)

    def layers(self) -> list[str]:
        """Names of all that can be a layer."""
        return [layer_names.join(path, element) for path, calls in self.modules.items()
                for element, fits in calls.returned.items() if fits]


def watch(net: torch.nn.Module, example: torch.Tensor,
          take: Callable[[str, int, torch.Tensor], None] | None = None) -> Seen:
    """Runs `net` on `example`, whose first axis is the stimulus.

    take: hears of each tensor that a call returned: (layer, step, a copy of it as it was then).
    """
    # A module registered under two names is one module: torch.export tells its calls apart, a hook does not.
    seen = Seen({path: ModuleCalls() for path, _ in net.named_modules(remove_duplicate=False) if path})
    paths: dict[torch.nn.Module, list[str]] = {}
    for path, module in net.named_modules(remove_duplicate=False):
        if path:
            paths.setdefault(module, []).append(path)

    def note(module: torch.nn.Module, args: Any, kwargs: Any, output: Any) -> None:
        found = layer_names.tensors(output)
        leaves = pytree.tree_leaves((args, kwargs, output))
        for path in paths[module]:
            calls = seen.modules[path]
            if take is not None:
                for element, tensor in found.items():
                    take(layer_names.join(path, element), calls.calls, tensor.detach().clone())
            calls.passes_integers |= any(type(leaf) is int for leaf in leaves)
            calls.add(found, example.shape[0])

    handles = [module.register_forward_hook(note, with_kwargs=True) for module in paths]
    try:
        with torch.no_grad():
            seen.output = list(layer_names.tensors(net(example)))
    finally:
        for handle in handles:
            handle.remove()
    return seen


def choose(seen: Seen, layers: Sequence[str] | None) -> list[str]:
    """The layers that are named, those that match a pattern in its place; none where `layers` is None.

    Raises ValueError, naming the path, for what is not a module, was not called, or returns no such tensor, and for a
    pattern that matches nothing.
    """
    if layers is None:
        return []
    if isinstance(layers, str):
        raise ValueError(f"layers is a list of module paths, not the text {layers!r}")
    if not layers:
        raise ValueError("layers is empty: name at least one module, or leave it out for the network's blocks")
    known, chosen = seen.layers(), []
    for name in layers:
        found = [name] if name in known else [layer for layer in known if layer_names.matches(name, layer)]
        if not found:
            raise ValueError(_why_none(seen, name))
        chosen += found
    doubled = {name for name in layers if list(layers).count(name) > 1}
    if doubled:
        raise ValueError(f"layers names {sorted(doubled)} twice")
    return list(dict.fromkeys(chosen))


def check_committed(seen: Seen, chosen: Sequence[str], committed: Mapping[str, str]) -> None:
    """Raises ValueError, naming the region, for what is not one of the layers; any layer will do where none is chosen."""
    for region, name in committed.items():
        if chosen and name not in chosen:
            raise ValueError(f"committed_layers[{region!r}] is {name!r}, which is not one of the layers")
        if name not in seen.layers():
            raise ValueError(f"committed_layers[{region!r}]: {_why_none(seen, name)}")


def check_output(seen: Seen, output: str | None) -> None:
    """Raises ValueError where `output` names none of several tensors that the network returns."""
    if output is None or (output and output in seen.output):
        return
    if "" in seen.output:
        raise ValueError(f"the network returns one tensor, so there is no output {output!r} to choose")
    raise ValueError(f"the network returns no {output!r}; it returns {', '.join(seen.output) or 'no tensor'}")


def check_time_map(seen: Seen, time_map: Mapping[str, Sequence[float]]) -> None:
    """Raises ValueError, naming the path, for what is not called, or not as often as there are milliseconds."""
    for path, times in time_map.items():
        if path not in seen.modules or not seen.modules[path].calls:
            raise ValueError(f"time_map: {path!r} is no module that the network calls")
        calls = seen.modules[path].calls
        if calls != len(times):
            raise ValueError(f"time_map[{path!r}] has {len(times)} times, and the network calls it {calls} times")


def _why_none(seen: Seen, name: str) -> str:
    """Why `name` is no layer."""
    path, element = layer_names.split(str(name))
    if layer_names.is_pattern(path) and path not in seen.modules:
        return f"no layer matches {name!r}"
    if path not in seen.modules:
        near = difflib.get_close_matches(path, seen.modules, n=3)
        hint = f"; near to it: {', '.join(near)}" if near else "; see dict(net.named_modules())"
        return f"the network has no module {path!r}{hint}"
    calls = seen.modules[path]
    if not calls.calls:
        return f"module {path!r} is not called in a forward pass, so it has no output"
    several = [layer_names.join(path, other) for other, fits in calls.returned.items() if fits and other]
    if several:
        wanted = f"its layers are {', '.join(several)}"
        return f"module {path!r} does not return one floating-point tensor with a row for each image; {wanted}"
    if element and calls.is_layer:
        return f"module {path!r} returns one tensor: its layer is {path!r}, not {name!r}"
    return f"module {path!r} does not return one floating-point tensor with a row for each image"
