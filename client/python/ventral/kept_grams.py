"""Kept Grams: what `ventral score --keep-grams` and the service write (docs/scoring.md, "Kept Grams")."""

import dataclasses
import hashlib
import json
import os
import pathlib
import struct
from collections.abc import Iterator
from typing import Any

import numpy

from ventral import errors

_HEADER = struct.Struct("<4sHHQ")  # magic, version, type, bytes of payload
_HEAD, _PLAN, _GRAM, _END = 12, 3, 5, 13


@dataclasses.dataclass(frozen=True, eq=False)
class Gram:
    """One layer at one step: G = X·Xᵀ and s = X·1 of its activations X [stimulus × feature]."""

    layer: str
    step: int
    features: int
    inferred: bool  # the module's output was guessed, not stated by the checkpoint
    inner: numpy.ndarray  # G [stimulus × stimulus], float64
    row_sums: numpy.ndarray  # s [stimulus], float64

    def rdm(self, distance: str = "correlation") -> numpy.ndarray:
        """[stimulus × stimulus]: "correlation", "cosine", or "euclidean" (squared, per feature), as `ventral rdms`.

        NaN where it is not defined: a stimulus whose activations do not vary, or are all zero.
        """
        if distance == "euclidean":
            squares = numpy.diag(self.inner)
            rdm = numpy.maximum(squares[:, None] + squares[None, :] - 2 * self.inner, 0) / self.features
        elif distance in ("correlation", "cosine"):
            means = numpy.outer(self.row_sums, self.row_sums) / self.features if distance == "correlation" else 0
            products = self.inner - means
            norms = numpy.sqrt(numpy.maximum(numpy.diag(products), 0))
            with numpy.errstate(divide="ignore", invalid="ignore"):
                rdm = 1 - products / numpy.outer(norms, norms)
        else:
            raise errors.InvalidInputError(f"{distance!r} is no distance: correlation, cosine or euclidean")
        numpy.fill_diagonal(rdm, 0)
        return rdm


@dataclasses.dataclass(frozen=True, eq=False)
class KeptGrams:
    """The Grams of one checkpoint on one pack's stimuli."""

    checkpoint: str  # SHA-256
    pack: str
    pack_version: str
    stimuli: tuple[str, ...]  # ids, in the order of the rows
    extractor: str  # that made them, with its version
    preprocessing: str  # canonical JSON
    layers: tuple[Gram, ...]  # in the network's order


def read_grams(file: str | os.PathLike[str]) -> KeptGrams:
    """Reads a file of kept Grams. Raises InvalidInputError that says what is wrong with it, or NotFoundError."""
    path = pathlib.Path(file)
    if not path.is_file():
        raise errors.NotFoundError(f"there is no file {path}")
    return parse_grams(path.read_bytes(), str(path))


def parse_grams(data: bytes, name: str = "the Grams") -> KeptGrams:
    """As read_grams, of bytes; `name` stands in messages."""
    try:
        return _parse(data)
    except (KeyError, TypeError, ValueError, struct.error) as error:
        raise errors.InvalidInputError(f"{name} cannot be used as kept Grams: {error}") from None


def _frames(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Type, payload, and all bytes before the frame."""
    at = 0
    while at < len(data):
        magic, version, kind, size = _HEADER.unpack_from(data, at)
        end = at + _HEADER.size + size
        if (magic, version) != (b"VNTR", 1):
            raise ValueError("a frame of it is none, or of another version")
        if end > len(data):
            raise ValueError("it is cut off")
        yield kind, data[at + _HEADER.size:end], data[:at]
        at = end


def _parse(data: bytes) -> KeptGrams:
    frames = list(_frames(data))
    kinds = [kind for kind, _, _ in frames]
    if kinds[:2] != [_HEAD, _PLAN] or kinds[-1] != _END or set(kinds[2:-1]) - {_GRAM}:
        raise ValueError("it does not begin or end as such a file does")
    _, end, before = frames[-1]
    if json.loads(end)["sha256"] != hashlib.sha256(before).hexdigest():
        raise ValueError("it is damaged; its bytes have another SHA-256")
    head, plan = json.loads(frames[0][1]), json.loads(frames[1][1])
    if head["format"] != 1:
        raise ValueError(f"its format is {head['format']}, this package reads 1")
    grams = {(gram.layer, gram.step): gram for gram in (_gram(frame[1], len(head["stimuli"])) for frame in frames[2:-1])}
    layers = tuple(grams[layer["path"], layer["step"]] for layer in plan["layers"])
    return KeptGrams(head["checkpoint_sha256"], head["pack"], head["pack_version"], tuple(head["stimuli"]),
                     plan["extractor"], plan["preprocessing"], layers)


def _gram(payload: bytes, stimuli: int) -> Gram:
    (size,) = struct.unpack_from("<I", payload)
    head: dict[str, Any] = json.loads(payload[4:4 + size])
    numbers = numpy.frombuffer(payload, "<f8", offset=4 + size).astype(float)
    if head["stimuli"] != stimuli or numbers.size != stimuli + stimuli * stimuli:
        raise ValueError(f"layer {head['path']} is of another number of stimuli")
    return Gram(head["path"], head["step"], head["features"], head["inferred"],
                numbers[stimuli:].reshape(stimuli, stimuli), numbers[:stimuli])
