"""TorchScript files that Ventral scores: an old checkpoint, and the card that it lacks."""

import os
import pathlib
import sys
import tempfile
from collections.abc import Mapping, Sequence

import torch

from ventral import checkpoint, preprocessing, reader, report, sampling


def export_torchscript(script: torch.jit.ScriptModule | str | os.PathLike[str], file: str | os.PathLike[str], *,
                       input_size: tuple[int, int, int], mean: Sequence[float], std: Sequence[float],
                       resize: str = "stretch", resize_size: int | None = None, colour: str = "rgb",
                       input_dtype: str | torch.dtype = "float32", time_steps: int | None = None,
                       layers: Sequence[str] | None = None, committed_layers: Mapping[str, str] | None = None,
                       time_map: Mapping[str, Sequence[float]] | None = None, samples: int | None = None,
                       seed: int | None = None, output: str | None = None, model: checkpoint.Model | None = None,
                       verify: bool = True, quiet: bool = False) -> pathlib.Path:
    """Writes `script`, scripted or traced, or a file of one, with its card to `file`, and returns its path.

    PyTorch has deprecated TorchScript, and services refuse it unless their operator allows it: where the network's code is at
    hand, use ventral.export. The arguments are those of ventral.export; layers are names only, as no forward pass is watched
    here. verify: have the file read, and run, as a service would.

    Raises ValueError, and RefusedError with the service's words; nothing is written then.
    """
    file = pathlib.Path(file)
    if file.suffix != ".pt":
        raise ValueError(f"{file}: the name of a TorchScript checkpoint ends in .pt")
    if len(tuple(input_size)) != 3 or input_size[0] != 3:
        raise ValueError(f"input_size is (3, height, width), not {input_size!r}")
    if not isinstance(script, torch.jit.ScriptModule):
        script = torch.jit.load(os.fspath(script), map_location="cpu")
    card = checkpoint.Card(
        preprocessing.Preprocessing(
            height=input_size[1], width=input_size[2], mean=preprocessing.channels("mean", mean),
            std=preprocessing.channels("std", std), resize=resize, resize_size=resize_size, colour=colour),
        layers=tuple(layers or ()), committed_layers=dict(committed_layers or {}),
        time_map=checkpoint.check_time_map(time_map), model=model,
        input=preprocessing.Input(str(input_dtype).removeprefix("torch."), time_steps),
        sampling=sampling.state(samples, seed), output=output)
    with tempfile.TemporaryDirectory(prefix=".ventral-", dir=file.parent) as folder:
        whole = pathlib.Path(folder) / file.name
        torch.jit.save(script, whole, _extra_files={checkpoint.RECORD: card.to_json().encode()})
        seen = reader.inspect(whole) if verify else None
        whole.replace(file)
    if not quiet:
        print(report.written(file, card, seen), file=sys.stderr)
    return file
