"""What a checkpoint says about itself: one JSON record inside the archive, so that the file is enough."""

import dataclasses
import json
import math
import os
import re
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from ventral.preprocessing import Input, Preprocessing, Sampling, channels

# The record is extra/ventral.json of the .pt2 archive; scoring/network/card.cc reads it.
RECORD = "ventral.json"
FORMAT = 1
_MOST_CARD_BYTES = 1 << 24
_LONGEST_TEXT = 2000  # bytes of a field of the model card


@dataclasses.dataclass(frozen=True)
class Model:
    """What a scientist names and describes. "none" where nothing was trained; empty where it is not known.

    name: its id: a-z 0-9 _ - . only, 1 to 100 characters, a letter or digit first.
    """

    name: str
    architecture: str = ""
    training_data: str = ""
    objective: str = ""
    learning_rule: str = ""
    display_name: str = ""
    licence: str = ""
    reference: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not re.fullmatch("[a-z0-9][a-z0-9_.-]{0,99}", self.name):
            raise ValueError(f"a model's name is 1 to 100 of a-z 0-9 _ - ., a letter or digit first, not {self.name!r}")
        for field in MODEL_FIELDS:
            value = getattr(self, field)
            if not isinstance(value, str) or len(value.encode()) > _LONGEST_TEXT:
                raise ValueError(f"model.{field} is a text of at most {_LONGEST_TEXT} bytes, not {value!r:.80}")

    def fields(self) -> dict[str, str]:
        """What was stated, by name."""
        return {field: getattr(self, field) for field in MODEL_FIELDS if getattr(self, field)}


MODEL_FIELDS = tuple(field.name for field in dataclasses.fields(Model))


@dataclasses.dataclass(frozen=True)
class Card:
    """All that a checkpoint says about itself (docs/checkpoints.md).

    layers: empty where the network's blocks are scored.
    output: which of several tensors that the network returns is its output: "logits", "1.0".
    """

    preprocessing: Preprocessing
    layers: tuple[str, ...] = ()
    committed_layers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    time_map: Mapping[str, tuple[float, ...]] = dataclasses.field(default_factory=dict)
    model: Model | None = None
    input: Input = Input()
    sampling: Sampling | None = None
    output: str | None = None

    def __post_init__(self) -> None:
        plain = self.preprocessing.mean == (0, 0, 0) and self.preprocessing.std == (1, 1, 1)
        if self.input.dtype != "float32" and not plain:
            raise ValueError(f"a network that takes {self.input.dtype} gets the 8-bit pixels as they are: mean must be "
                             f"(0, 0, 0) and std (1, 1, 1), not {self.preprocessing.mean} and {self.preprocessing.std}")
        if self.output is not None and (not isinstance(self.output, str) or not self.output):
            raise ValueError(f"output is the name of a tensor that the network returns, not {self.output!r}")

    def to_json(self) -> str:
        """The text of the record; what was not stated is left out."""
        card: dict[str, Any] = {"format": FORMAT, "preprocessing": dataclasses.asdict(self.preprocessing)}
        if self.input.fields():
            card["input"] = self.input.fields()
        if self.layers:
            card["layers"] = list(self.layers)
        card["committed_layers"] = dict(self.committed_layers)
        if self.sampling is not None:
            card["sampling"] = dataclasses.asdict(self.sampling)
        if self.output is not None:
            card["output"] = self.output
        if self.time_map:
            card["time_map"] = {path: list(times) for path, times in self.time_map.items()}
        if self.model is not None:
            card["model"] = self.model.fields()
        return json.dumps(card, indent=1)


def check_time_map(time_map: Mapping[str, Sequence[float]] | None) -> dict[str, tuple[float, ...]]:
    """Milliseconds of each step, rising. Raises ValueError that names the module."""
    checked: dict[str, tuple[float, ...]] = {}
    for path, times in (time_map or {}).items():
        values = tuple(float(time) for time in times)
        if not values or not all(math.isfinite(time) for time in values):
            raise ValueError(f"time_map[{path!r}] is a finite number of milliseconds for each step, not {times!r}")
        if any(later <= earlier for earlier, later in zip(values, values[1:])):
            raise ValueError(f"time_map[{path!r}]: the milliseconds of its steps must rise, not {times!r}")
        checked[path] = values
    return checked


def read(file: str | os.PathLike[str]) -> Card:
    """The card of a .pt2 file; runs nothing of it. Raises ValueError that names the file and what is wrong."""
    try:
        with zipfile.ZipFile(file) as archive:
            records = [entry for entry in archive.infolist() if entry.filename.split("/", 1)[-1] == f"extra/{RECORD}"]
            if len(records) != 1:
                raise ValueError(f"no extra/{RECORD} in it; write it with ventral.export")
            if records[0].file_size > _MOST_CARD_BYTES:
                raise ValueError(f"its extra/{RECORD} is larger than a card can be")
            stated = json.loads(archive.read(records[0]))
        return _parse(stated)
    except (ValueError, TypeError, KeyError, RecursionError, zipfile.BadZipFile, NotImplementedError) as error:
        what = f"{error} is missing" if isinstance(error, KeyError) else error
        raise ValueError(f"{os.fspath(file)} is no checkpoint: {what}") from error


def _parse(stated: Any) -> Card:
    if not isinstance(stated, dict) or stated.get("format") != FORMAT:
        raise ValueError(f"{RECORD} is not of format {FORMAT}")
    given = dict(stated["preprocessing"])
    for name in ("mean", "std"):
        given[name] = channels(name, given[name])
    about, sampling, model = dict(stated.get("input") or {}), stated.get("sampling"), stated.get("model")
    return Card(Preprocessing(**given), tuple(stated.get("layers") or ()), dict(stated.get("committed_layers") or {}),
                check_time_map(stated.get("time_map")),
                None if model is None else Model(**{k: v for k, v in model.items() if k in MODEL_FIELDS}),
                Input(about.get("dtype", "float32"), about.get("time_steps")),
                None if sampling is None else Sampling(sampling["samples"], sampling["seed"]), stated.get("output"))
