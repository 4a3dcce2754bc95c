"""What export says when a file is written: which layers of it will be scored."""

import collections
import pathlib
import textwrap

from ventral.checkpoint import Card
from ventral.reader import Inspection


def written(file: pathlib.Path, card: Card, seen: Inspection | None) -> str:
    """A few lines. seen: the file as the reader sees it; None where it was not read back."""
    if seen is not None:
        steps = collections.Counter(layer.path for layer in seen if layer.scored)
        names = [path if count == 1 else f"{path} × {count} steps" for path, count in steps.items()]
        whose = "those that it names" if card.layers else "the network's blocks, as it names none"
        return _fill(f"{file}: {_count(names)} will be scored, {whose}: {', '.join(names)}")
    if card.layers:
        return _fill(f"{file}: {_count(card.layers)} named, and not read back: {', '.join(card.layers)}")
    return _fill(f"{file}: names no layers, so the network's blocks will be scored; `ventral inspect {file}` marks them")


def _count(names: tuple[str, ...] | list[str]) -> str:
    return f"{len(names)} layer{'' if len(names) == 1 else 's'}"


def _fill(text: str) -> str:
    return textwrap.fill(text, 100, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
