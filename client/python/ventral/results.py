"""What the server answers, as plain values."""

import dataclasses
import datetime
from typing import Any

from ventral.checkpoint import Model
from ventral.tables import Table, frame


@dataclasses.dataclass(frozen=True)
class Failure:
    """Why the last attempt of a job failed."""

    cause: str  # "invalid_checkpoint", "out_of_memory", "timeout", "crash", …
    message: str
    needed_memory_bytes: int = 0  # that a worker must have for this run; 0 where it is not known


@dataclasses.dataclass(frozen=True)
class Estimate:
    """What a run will take, known before it begins."""

    activation_bytes: int
    gram_bytes: int
    memory_bytes: int  # at a time
    passes: int
    seconds: float


@dataclasses.dataclass(frozen=True)
class Progress:
    """Where a running attempt stands. `total` is 0 where it is not known."""

    phase: str
    done: int
    total: int
    message: str


@dataclasses.dataclass(frozen=True)
class Pack:
    """A stimulus set with everything recorded on it."""

    name: str  # "kriegeskorte2008"
    version: str
    digest: str
    title: str
    stimuli: int
    citation: str
    licence: str
    size_bytes: int
    benchmarks: tuple[str, ...]  # "kriegeskorte2008.human_it.rsa"

    def row(self) -> dict[str, Any]:
        return {"pack": self.name, "version": self.version, "stimuli": self.stimuli,
                "benchmarks": len(self.benchmarks), "title": self.title}


class Packs(Table[Pack]):
    """Packs, by name."""


@dataclasses.dataclass(frozen=True)
class LayerScore:
    """One layer's result on a benchmark; numbers are correlations."""

    layer: str
    step: int
    raw: float | None  # None where the layer has no score
    normalised: float | None
    interval: tuple[float, float] | None
    inferred: bool
    per_subject: tuple[float, ...]
    per_neuroid: tuple[float, ...]
    undefined: str = ""  # why there is no score, where there is none

    def row(self) -> dict[str, Any]:
        low, high = self.interval or (None, None)
        return {"layer": self.layer, "step": self.step, "raw": self.raw, "normalised": self.normalised,
                "interval_lower": low, "interval_upper": high, "inferred": self.inferred, "undefined": self.undefined}


@dataclasses.dataclass(frozen=True)
class Fold:
    """What a fit did not see: stimuli by their row in the pack. All others were trained on."""

    test: tuple[int, ...]
    unused: tuple[int, ...]  # neither predicted nor trained on


@dataclasses.dataclass(frozen=True)
class Null:
    """What the headline is by chance: the stimuli of the recording in random order, everything else done again."""

    permutations: int
    mean: float
    upper: float  # 95 % of them are below
    p: float


@dataclasses.dataclass(frozen=True)
class Score:
    """One benchmark's result for one checkpoint: the headline layer, and every layer where they were asked for."""

    name: str
    benchmark: str
    model: str
    checkpoint: str  # SHA-256
    job: str
    metric: str
    raw: float
    normalised: float | None
    ceiling: float | None
    interval: tuple[float, float] | None
    rule: str
    layer: str
    step: int
    layer_choice: str
    seed: int
    stimuli: int
    neuroids: int
    create_time: datetime.datetime | None
    notes: tuple[str, ...]
    layers: tuple[LayerScore, ...] = dataclasses.field(repr=False)
    split: str = ""  # how stimuli were divided: "kfold(k=10, shuffled)"
    folds: tuple[Fold, ...] = dataclasses.field(default=(), repr=False)
    ceiling_interval: tuple[float, float] | None = None
    null: Null | None = None  # where the benchmark asks for permutations

    def row(self) -> dict[str, Any]:
        low, high = self.interval or (None, None)
        return {"benchmark": self.benchmark, "model": self.model, "raw": self.raw, "normalised": self.normalised,
                "ceiling": self.ceiling, "interval_lower": low, "interval_upper": high, "layer": self.layer,
                "step": self.step, "layer_choice": self.layer_choice, "score": self.name}

    def to_frame(self) -> Any:
        """Every layer, as a pandas.DataFrame."""
        return frame([layer.row() for layer in self.layers])


class Scores(Table[Score]):
    """Scores, newest first."""


@dataclasses.dataclass(frozen=True)
class PairedTest:
    """One number against another on the same resamples; p values are two-sided."""

    difference: float
    interval: tuple[float, float]
    p: float
    adjusted_p: float  # for the number of tests of its kind


@dataclasses.dataclass(frozen=True)
class ComparedModel:
    """One model of a comparison. The best opens tier 1; whoever is told apart from a tier's first opens the next."""

    model: str
    tier: int
    raw: float
    normalised: float | None
    interval: tuple[float, float] | None
    against_zero: PairedTest | None
    against_ceiling: PairedTest | None

    def row(self) -> dict[str, Any]:
        low, high = self.interval or (None, None)
        return {"tier": self.tier, "model": self.model, "raw": self.raw, "normalised": self.normalised,
                "interval_lower": low, "interval_upper": high,
                "p_zero": self.against_zero.adjusted_p if self.against_zero else None,
                "p_ceiling": self.against_ceiling.adjusted_p if self.against_ceiling else None}


class Comparison(Table[ComparedModel]):
    """Models, best first; `pairs` has the test of every two, by (model with the higher score, other)."""

    def __init__(self, rows: list[ComparedModel], pairs: dict[tuple[str, str], PairedTest], benchmark: str,
                 correction: str, notes: tuple[str, ...]):
        super().__init__(rows)
        self.pairs, self.benchmark, self.correction, self.notes = pairs, benchmark, correction, notes


@dataclasses.dataclass(frozen=True)
class Cell:
    """One model on one benchmark; None where there is no number."""

    score: str | None
    raw: float | None
    normalised: float | None
    ceiling: float | None
    interval: tuple[float, float] | None
    layer: str | None
    step: int
    layer_choice: str


@dataclasses.dataclass(frozen=True)
class LeaderboardRow:
    """One model. Rank 0 where no cell has a number."""

    rank: int
    model: str
    display_name: str
    mean: float | None
    cells: dict[str, Cell] = dataclasses.field(hash=False)

    def row(self) -> dict[str, Any]:
        return {"rank": self.rank, "model": self.model, "mean": self.mean,
                **{name: cell.raw if cell.normalised is None else cell.normalised for name, cell in self.cells.items()}}


class Leaderboard(Table[LeaderboardRow]):
    """Best first. `policy` says how rows are ordered and which score stands for a model."""

    def __init__(self, rows: list[LeaderboardRow], benchmarks: tuple[str, ...], policy: str) -> None:
        super().__init__(rows)
        self.benchmarks = benchmarks
        self.policy = policy


@dataclasses.dataclass(frozen=True)
class ModelPage:
    """A model and the newest score of each benchmark."""

    model: Model
    scores: Scores

    def to_frame(self) -> Any:
        return self.scores.to_frame()
