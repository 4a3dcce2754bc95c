"""Writes a network as a .pt2 archive of torch.export that Ventral scores from that file alone."""

import copy
import dataclasses
import os
import pathlib
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence

import torch

from ventral import checkpoint, modules, network_input, preprocessing, reader, report, sampling
from ventral import verify as verifying
from ventral.tracing import trace

# Images of the forward pass that is watched. A tensor whose first axis has as many rows is one of a row a stimulus: not
# one, as tensors without a stimulus have, nor two, as the states of a recurrence in two layers or directions have.
_EXAMPLES = 3


def export(net: torch.nn.Module, file: str | os.PathLike[str], *, input_size: tuple[int, int, int],
           mean: Sequence[float], std: Sequence[float], resize: str = "stretch",
           resize_size: int | None = None, colour: str = "rgb", input_dtype: str | torch.dtype = "float32",
           time_steps: int | None = None, layers: Sequence[str] | None = None,
           committed_layers: Mapping[str, str] | None = None,
           time_map: Mapping[str, Sequence[float]] | None = None, samples: int | None = None,
           seed: int | None = None, output: str | None = None, model: checkpoint.Model | None = None,
           verify: bool = True, quiet: bool = False) -> pathlib.Path:
    """Writes `net` and all that is to be known about it to `file`, and returns its path when the file is proven right.

    net: maps images [stimulus × 3 × height × width], float32, to anything; exported in evaluation mode, itself unchanged.
    input_size: (3, height, width).
    mean, std, resize, resize_size, colour: see ventral.Preprocessing.
    input_dtype: "uint8", "int32" or "int64" where `net` takes the 8-bit pixels as they are; mean is 0 and std 1 then.
    time_steps: `net` takes [stimulus × time × 3 × height × width] and sees the image at each of so many steps.
    layers: names of the layers to score: dotted paths of modules, `path..element` for one of several tensors that a
        module returns ("lstm..0"), or patterns ("layer4.*"), which are resolved here. None for the network's blocks
        (docs/checkpoints.md), at most 32.
    committed_layers: region → layer, decided before any score was seen; each is one of `layers` where there are any.
    time_map: module path → milliseconds after stimulus onset of each of its calls in one forward pass, rising.
    samples, seed: for a network that draws random numbers: its features are the mean over so many runs. Dropout modules
        that are in training mode in `net` stay on then, and only then.
    output: which of several tensors that `net` returns is its output: "logits", "1.0".
    model: name, architecture and so on; submit() takes it from the file.
    verify: run the file as the service does, and compare every module's output with that of `net`.
    quiet: do not say on stderr which layers will be scored.

    Raises ValueError that names the argument or module that does not fit; nothing is written then. RefusedError, one of
    them, says what the service would say to the file.
    """
    file = pathlib.Path(file)
    if file.suffix != ".pt2":
        raise ValueError(f"{file}: the name of a checkpoint ends in .pt2")
    if len(tuple(input_size)) != 3 or input_size[0] != 3:
        raise ValueError(f"input_size is (3, height, width), not {input_size!r}")
    card = checkpoint.Card(
        preprocessing.Preprocessing(
            height=input_size[1], width=input_size[2], mean=preprocessing.channels("mean", mean),
            std=preprocessing.channels("std", std), resize=resize, resize_size=resize_size, colour=colour),
        committed_layers=dict(committed_layers or {}), time_map=checkpoint.check_time_map(time_map), model=model,
        input=preprocessing.Input(str(input_dtype).removeprefix("torch."), time_steps),
        sampling=sampling.state(samples, seed), output=output)
    net = sampling.evaluation_mode(copy.deepcopy(net).cpu(), keep_dropout=card.sampling is not None)
    images = network_input.images(_EXAMPLES, *input_size[1:], card.input)
    example = network_input.as_input(images, card.input)
    seen = _look(net, example, card, verify)
    card = dataclasses.replace(card, layers=tuple(modules.choose(seen, layers)))
    modules.check_committed(seen, card.layers, card.committed_layers)
    program, batch = trace(net, example, seen.modules)
    images = _repeated(images, batch)

    def check(whole: pathlib.Path) -> reader.Inspection | None:
        return verifying.verify(whole, net, images, card.input, card.sampling) if verify else None

    inspection = _save(program, file, card.to_json(), check)
    if not quiet:
        print(report.written(file, card, inspection), file=sys.stderr)
    return file


def _look(net: torch.nn.Module, example: torch.Tensor, card: checkpoint.Card, verify: bool) -> modules.Seen:
    """One forward pass, and what of the card it contradicts."""
    try:
        with sampling.notice() as noticed:
            seen = modules.watch(copy.deepcopy(net), example.clone())  # a forward pass may change buffers
    except Exception as error:  # the network's own code may raise anything
        sizes = " × ".join(map(str, example.shape[1:]))
        raise ValueError(f"the network does not run on an input of [stimulus × {sizes}], {card.input.dtype}, as input_size, "
                         f"time_steps and input_dtype state: {type(error).__name__}: {error}") from error
    modules.check_output(seen, card.output)
    modules.check_time_map(seen, card.time_map)
    if card.sampling is not None and not noticed.drawn:
        raise ValueError("the network draws no random numbers, so samples and seed have no meaning; to keep dropout on, "
                         "put its modules into training mode")
    if noticed.drawn and card.sampling is None and verify:
        raise ValueError("the network draws random numbers in evaluation mode: state samples and seed")
    return seen


def _repeated(images: torch.Tensor, count: int) -> torch.Tensor:
    return images.repeat(-(-count // images.shape[0]), 1, 1, 1)[:count]


def _save(program: torch.export.ExportedProgram, file: pathlib.Path, card: str,
          check: Callable[[pathlib.Path], reader.Inspection | None]) -> reader.Inspection | None:
    """What `check` says of the file. In a folder beside it first: whoever waits for `file` never sees half of it.

    The bytes depend on the network and on the file's name alone (torch writes the name into the archive).
    """
    _forget_origin(program)
    with tempfile.TemporaryDirectory(prefix=".ventral-", dir=file.parent) as folder:
        whole = pathlib.Path(folder) / file.name
        torch.export.save(program, whole, extra_files={checkpoint.RECORD: card})
        seen = check(whole)
        whole.replace(file)
        return seen


def _forget_origin(program: torch.export.ExportedProgram) -> None:
    """Leaves out where the code stood on this machine, and the example, a pickle that nobody reads."""
    program.example_inputs = None
    for module in program.graph_module.modules():
        if isinstance(module, torch.fx.GraphModule):
            for node in module.graph.nodes:
                node.meta.pop("stack_trace", None)
