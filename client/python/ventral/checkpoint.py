"""What a checkpoint says about itself: one JSON record inside the archive, so that the file is enough."""

import dataclasses
import json
import math
from collections.abc import Mapping, Sequence

# The record is extra/ventral.json of the .pt2 archive; scoring/network/schema/card.cc reads it.
RECORD = "ventral.json"
FORMAT = 1


@dataclasses.dataclass(frozen=True)
class Preprocessing:
    """How the network wants its images.

    Images are resized on 8-bit RGB (bilinear with antialiasing, PIL's BILINEAR), scaled to [0, 1] and then
    normalised as (x - mean) / std, per channel, in the order of `colour`.
    """

    height: int
    width: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    resize: str = "stretch"
    resize_size: int | None = None
    colour: str = "rgb"

    def __post_init__(self) -> None:
        for name in ("height", "width"):
            _check_pixels(name, getattr(self, name))
        if self.resize not in ("stretch", "shorter_side"):
            raise ValueError(f"resize is 'stretch' or 'shorter_side', not {self.resize!r}")
        if self.resize == "shorter_side":
            _check_pixels("resize_size", self.resize_size)
            if self.resize_size < max(self.height, self.width):
                raise ValueError(f"resize_size is {self.resize_size}, smaller than the {self.height} × "
                                 f"{self.width} that is cut out of the image")
        elif self.resize_size is not None:
            raise ValueError("resize_size has a meaning for resize='shorter_side' only")
        if self.colour not in ("rgb", "bgr"):
            raise ValueError(f"colour is 'rgb' or 'bgr', not {self.colour!r}")
        for name in ("mean", "std"):
            values = getattr(self, name)
            if len(values) != 3 or not all(math.isfinite(v) for v in values):
                raise ValueError(f"{name} is one finite number for each of three channels, not {values!r}")
        if min(self.std) <= 0:
            raise ValueError(f"std must be positive, not {self.std!r}")


def to_json(preprocessing: Preprocessing, layers: Sequence[str], committed_layers: Mapping[str, str]) -> str:
    """The text of the record."""
    return json.dumps({"format": FORMAT, "preprocessing": dataclasses.asdict(preprocessing),
                       "layers": list(layers), "committed_layers": dict(committed_layers)}, indent=1)


def _check_pixels(name: str, value: object) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 8192:
        raise ValueError(f"{name} is a whole number of pixels between 1 and 8192, not {value!r}")
