"""A checkpoint through the eyes of the service: the command `ventral inspect`, which reads a file as a worker does."""

import dataclasses
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ventral import errors
from ventral.tables import Table

_SECONDS = 3600  # a large network on a small machine
_NOT_THERE, _BAD_INPUT = 4, 5  # client/cli/exit_codes.h


@dataclasses.dataclass(frozen=True)
class Layer:
    """One call of a module. shape is that of one stimulus; multiply_adds are those of one stimulus."""

    path: str
    step: int
    shape: tuple[int, ...]
    parameters: int
    multiply_adds: float
    inferred: bool  # the output was guessed: the file does not state it
    scored: bool  # one of the layers that the checkpoint names
    problem: str  # why it cannot be scored; empty where it can

    def row(self) -> dict[str, Any]:
        return dataclasses.asdict(self)


class Inspection(Table[Layer]):
    """The layers in the order of execution, and what the checkpoint says of itself."""

    def __init__(self, layers: Sequence[Layer], stated: Mapping[str, Any]) -> None:
        super().__init__(layers)
        self.parameters = int(stated["parameters"])
        self.multiply_adds = float(stated["multiply_adds"])
        self.preprocessing: dict[str, Any] = json.loads(stated["preprocessing"])
        self.committed_layers: dict[str, str] = dict(stated["committed_layers"])
        self.time_map: dict[str, list[float]] = dict(stated["time_map"])
        self.model: dict[str, str] = dict(stated["model"])
        self.not_layers: dict[str, str] = dict(stated["not_layers"])  # module call → why it has no output to score
        self.extractor = str(stated["extractor"])


class NoReaderError(errors.VentralError):
    """The program `ventral` was not found, or is too old to inspect."""


def inspect(file: str | os.PathLike[str]) -> Inspection:
    """What the service would see in `file`. Raises RefusedError, with its words, for what it would refuse."""
    made, _ = _run(pathlib.Path(file), [])
    return made


def activations(file: pathlib.Path, images: npt.NDArray[np.float32]) -> tuple[
        Inspection, dict[tuple[str, int], npt.NDArray[np.float32]]]:
    """As `inspect`, and every layer's answer to `images` [stimulus × 3 × height × width], preprocessed, by path and step."""
    with tempfile.TemporaryDirectory(prefix="ventral-") as folder:
        np.save(pathlib.Path(folder, "images.npy"), images.astype(np.float32))
        made, files = _run(file, ["--images", f"{folder}/images.npy", "--activations", folder])
        return made, {(layer.path, layer.step): np.load(pathlib.Path(folder, files[_call(layer)]))
                      for layer in made if _call(layer) in files}


def program() -> pathlib.Path:
    """VENTRAL_PROGRAM, else `ventral` on the PATH, else in the build folder of the clone that this package lies in.

    Raises NoReaderError, which says where it looked.
    """
    stated = os.environ.get("VENTRAL_PROGRAM")
    if stated:
        if not os.access(stated, os.X_OK):
            raise NoReaderError(f"VENTRAL_PROGRAM={stated} is no program")
        return pathlib.Path(stated)
    found = shutil.which("ventral")
    if found:
        return pathlib.Path(found)
    clone = pathlib.Path(__file__).resolve().parents[3]
    for built in (clone / "build/bin/ventral", clone / "build/dev/bin/ventral"):
        if os.access(built, os.X_OK):
            return built
    raise NoReaderError("there is no program `ventral` (VENTRAL_PROGRAM, the PATH, or the build folder of a clone)")


def _run(file: pathlib.Path, options: list[str]) -> tuple[Inspection, dict[str, str]]:
    command = [str(program()), "inspect", str(file), "--json", *options]
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=_SECONDS,
                              stdin=subprocess.DEVNULL)
    except OSError as error:
        raise NoReaderError(f"{command[0]} cannot be started: {error}") from error
    if done.returncode == 0:
        stated = json.loads(done.stdout)
        layers = [Layer(**{**layer, "shape": tuple(layer["shape"])}) for layer in stated["layers"]]
        return Inspection(layers, stated), stated["activations"]
    if not done.stderr.startswith("error: "):  # what every command of today says
        raise NoReaderError(f"{command[0]} cannot inspect a checkpoint; build a newer one")
    message = done.stderr.removeprefix("error: ").strip()
    if done.returncode == _NOT_THERE:
        if not file.exists():
            raise errors.NotFoundError(message)
        raise NoReaderError(message)  # ventral-extract is not beside it
    raise (errors.RefusedError if done.returncode == _BAD_INPUT else errors.VentralError)(message)


def _call(layer: Layer) -> str:
    return layer.path if layer.step == 0 else f"{layer.path}@{layer.step}"
