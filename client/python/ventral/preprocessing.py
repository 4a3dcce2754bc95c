"""What a network wants to be given: how images are made its input, and how often it is run on each."""

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

# Bounds of scoring/network/card.cc.
_MOST_PIXELS, _MOST_TIME_STEPS, _MOST_SAMPLES, _LARGEST_SEED = 8192, 1024, 1000, (1 << 63) - 1
DTYPES = ("float32", "uint8", "int32", "int64")


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
            size = self.resize_size
            _check_pixels("resize_size", size)
            if size is not None and size < max(self.height, self.width):
                raise ValueError(f"resize_size is {size}, smaller than the {self.height} × "
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


@dataclasses.dataclass(frozen=True)
class Input:
    """The tensor that the network takes, where it is not [stimulus × 3 × height × width], float32.

    dtype: "float32", or "uint8", "int32", "int64" for a network that takes the 8-bit pixels as they are.
    time_steps: it takes [stimulus × time × 3 × height × width], and sees the same image at each of so many steps.
    """

    dtype: str = "float32"
    time_steps: int | None = None

    def __post_init__(self) -> None:
        if self.dtype not in DTYPES:
            raise ValueError(f"input_dtype is one of {', '.join(DTYPES)}, not {self.dtype!r}")
        if self.time_steps is not None:
            _check_whole("time_steps", self.time_steps, "number of time steps", 1, _MOST_TIME_STEPS)

    def fields(self) -> dict[str, Any]:
        """What is not as usual, by name."""
        stated = {"dtype": self.dtype} if self.dtype != "float32" else {}
        return stated if self.time_steps is None else {**stated, "time_steps": self.time_steps}


@dataclasses.dataclass(frozen=True)
class Sampling:
    """Of a network that draws random numbers: its features are the mean over `samples` runs, drawn from `seed`."""

    samples: int
    seed: int

    def __post_init__(self) -> None:
        _check_whole("samples", self.samples, "number of samples", 1, _MOST_SAMPLES)
        _check_whole("seed", self.seed, "number", 0, _LARGEST_SEED)


def channels(name: str, values: Sequence[float]) -> tuple[float, float, float]:
    """One number a channel. Raises ValueError that names the field."""
    if len(values) != 3:
        raise ValueError(f"{name} is one finite number for each of three channels, not {values!r}")
    return float(values[0]), float(values[1]), float(values[2])


def _check_pixels(name: str, value: object) -> None:
    _check_whole(name, value, "number of pixels", 1, _MOST_PIXELS)


def _check_whole(name: str, value: object, of_what: str, least: int, most: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ValueError(f"{name} is a whole {of_what} between {least} and {most}, not {value!r}")
