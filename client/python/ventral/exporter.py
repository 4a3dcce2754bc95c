"""Writes a network as a .pt2 archive of torch.export that Ventral scores from that file alone."""

import copy
import os
import pathlib
import tempfile
import warnings
from collections.abc import Callable, Mapping, Sequence

import torch

from ventral import checkpoint, modules
from ventral import verify as verifying

# Where a network cannot take any number of images at once, it is written for this many.
_STATIC_BATCH = 16


def export(net: torch.nn.Module, file: str | os.PathLike[str], *, input_size: tuple[int, int, int],
           mean: Sequence[float], std: Sequence[float], resize: str = "stretch",
           resize_size: int | None = None, colour: str = "rgb", layers: Sequence[str] | None = None,
           committed_layers: Mapping[str, str] | None = None,
           time_map: Mapping[str, Sequence[float]] | None = None, model: checkpoint.Model | None = None,
           verify: bool = True) -> pathlib.Path:
    """Writes `net` and all that is to be known about it to `file`, and returns its path when the file is proven right.

    net: maps images [stimulus × 3 × height × width], float32, to anything; exported in evaluation mode, itself unchanged.
    input_size: (3, height, width).
    mean, std, resize, resize_size, colour: see ventral.Preprocessing.
    layers: dotted paths of modules whose outputs are scored; None for every module that returns one tensor.
    committed_layers: region → module path, decided before any score was seen; each is one of `layers`.
    time_map: module path → milliseconds after stimulus onset of each of its calls in one forward pass, rising.
    model: name, architecture and so on; submit() takes it from the file.
    verify: run the file as the service does, and compare every module's output with that of `net`.

    Raises ValueError that names the argument or module that does not fit; nothing is written then. RefusedError, one of
    them, says what the service would say to the file.
    """
    file = pathlib.Path(file)
    if file.suffix != ".pt2":
        raise ValueError(f"{file}: the name of a checkpoint ends in .pt2")
    if len(tuple(input_size)) != 3 or input_size[0] != 3:
        raise ValueError(f"input_size is (3, height, width), not {input_size!r}")
    preprocessing = checkpoint.Preprocessing(
        height=input_size[1], width=input_size[2], mean=checkpoint.channels("mean", mean),
        std=checkpoint.channels("std", std),
        resize=resize, resize_size=resize_size, colour=colour)
    net = copy.deepcopy(net).cpu().eval()
    example = torch.rand((2, *input_size), generator=torch.Generator().manual_seed(0))
    seen = modules.watch(copy.deepcopy(net), example)  # a forward pass may change buffers
    chosen = modules.choose(seen, layers)
    committed = dict(committed_layers or {})
    for region, path in committed.items():
        if path not in chosen:
            raise ValueError(f"committed_layers[{region!r}] is {path!r}, which is not one of the layers")
    times = checkpoint.check_time_map(time_map)
    modules.check_time_map(seen, times)
    card = checkpoint.Card(preprocessing, tuple(chosen), committed, times, model)
    program, example = _trace(net, example, seen)
    _save(program, file, card.to_json(), lambda written: verifying.verify(written, net, example) if verify else None)
    return file


def _trace(net: torch.nn.Module, example: torch.Tensor,
           seen: dict[str, modules.ModuleCalls]) -> tuple[torch.export.ExportedProgram, torch.Tensor]:
    """The program, and a batch that it takes."""
    called = [path for path, calls in seen.items() if calls.calls]
    plain = [path for path in called if not seen[path].passes_integers]
    try:
        return _export(net, example, called, dynamic=True), example
    except Exception as error:  # torch.export has no common base class for its errors
        first = error
    # A module that is handed a size keeps no signature; its output is then inferred when it is read.
    if plain != called:
        try:
            program = _export(net, example, plain, dynamic=True)
            left_out = ", ".join(path for path in called if path not in plain)
            warnings.warn(f"outputs of these modules, which take or return integers, are inferred: {left_out}")
            return program, example
        except Exception:  # reported below, with the first
            pass
    try:
        example = example.repeat(_STATIC_BATCH // example.shape[0], 1, 1, 1)
        program = _export(net, example, plain, dynamic=False)
    except Exception as error:
        raise ValueError(f"torch.export cannot write this network: {first}") from error
    warnings.warn(f"the network does not take any number of images at once; it is written for {_STATIC_BATCH}: {first}")
    return program, example


def _export(net: torch.nn.Module, example: torch.Tensor, signatures: Sequence[str],
            dynamic: bool) -> torch.export.ExportedProgram:
    shapes = ({0: torch.export.Dim("batch")},) if dynamic else None
    with torch.no_grad():
        return torch.export.export(net, (example,), dynamic_shapes=shapes, strict=False,
                                   preserve_module_call_signature=tuple(signatures))


def _save(program: torch.export.ExportedProgram, file: pathlib.Path, card: str,
          check: Callable[[pathlib.Path], None]) -> None:
    """In a folder beside it first: whoever waits for `file` never sees half of it.

    The bytes depend on the network and on the file's name alone (torch writes the name into the archive).
    """
    _forget_origin(program)
    with tempfile.TemporaryDirectory(prefix=".ventral-", dir=file.parent) as folder:
        whole = pathlib.Path(folder) / file.name
        torch.export.save(program, whole, extra_files={checkpoint.RECORD: card})
        check(whole)
        whole.replace(file)


def _forget_origin(program: torch.export.ExportedProgram) -> None:
    """Leaves out where the code stood on this machine, and the example, a pickle that nobody reads."""
    program.example_inputs = None
    for module in program.graph_module.modules():
        if isinstance(module, torch.fx.GraphModule):
            for node in module.graph.nodes:
                node.meta.pop("stack_trace", None)
