"""Messages of the service → plain values."""

import datetime
from typing import Any

from ventral import results
from ventral.checkpoint import MODEL_FIELDS, Model
from ventral.v1 import job_pb2, model_pb2, pack_pb2, report_pb2, score_pb2


def last_part(name: str) -> str:
    """"jobs/ID" → "ID"."""
    return name.rsplit("/", 1)[-1]


def model_of(checkpoint: str) -> str:
    """"models/M/checkpoints/S" → "M"."""
    parts = checkpoint.split("/")
    return parts[1] if len(parts) > 1 else ""


def word(enum: Any, prefix: str, number: int) -> str:
    """JOB_STATE_QUEUED → "queued"; the number of a value that this program does not know."""
    try:
        return str(enum.Name(number)).removeprefix(prefix).lower()
    except ValueError:
        return str(number)


def state(job: job_pb2.Job) -> str:
    return word(job_pb2.JobState, "JOB_STATE_", job.state)


def kind(job: job_pb2.Job) -> str:
    return word(job_pb2.JobKind, "JOB_KIND_", job.kind)


def failure(job: job_pb2.Job) -> results.Failure | None:
    if not job.HasField("failure"):
        return None
    return results.Failure(word(job_pb2.FailureCause, "FAILURE_CAUSE_", job.failure.cause), job.failure.message,
                           job.failure.needed_memory_bytes)


def estimate(job: job_pb2.Job) -> results.Estimate | None:
    if not job.HasField("estimate"):
        return None
    told = job.estimate
    return results.Estimate(told.activation_bytes, told.gram_bytes, told.memory_bytes, told.passes, told.seconds)


def progress(job: job_pb2.Job) -> results.Progress | None:
    if not job.HasField("progress"):
        return None
    now = job.progress
    return results.Progress(now.phase, now.done, now.total, now.message)


def time(message: Any, field: str) -> datetime.datetime | None:
    if not message.HasField(field):
        return None
    made = getattr(message, field).ToDatetime(tzinfo=datetime.timezone.utc)
    return made if isinstance(made, datetime.datetime) else None


def pack(message: pack_pb2.Pack) -> results.Pack:
    return results.Pack(message.pack_id, message.version, message.digest, message.title, message.stimuli,
                        message.citation, message.licence, message.size_bytes,
                        tuple(map(last_part, message.benchmarks)))


def model(message: model_pb2.Model) -> Model:
    fields = {field: getattr(message, field) for field in MODEL_FIELDS if field != "name"}
    return Model(name=message.model_id, **fields)


def model_message(stated: Model) -> model_pb2.Model:
    message = model_pb2.Model(model_id=stated.name)
    for field, value in stated.fields().items():
        if field != "name":
            setattr(message, field, value)
    return message


def score(message: score_pb2.Score) -> results.Score:
    made = message.result
    return results.Score(
        name=last_part(message.name), benchmark=made.benchmark, model=model_of(message.checkpoint),
        checkpoint=last_part(message.checkpoint), job=last_part(message.job), metric=made.metric, raw=made.raw,
        normalised=_given(made, "normalised"), ceiling=made.ceiling.value if made.HasField("ceiling") else None,
        interval=_interval(made), rule=made.rule, layer=made.layer.path, step=made.layer.step,
        layer_choice=made.layer_choice, seed=made.seed, stimuli=made.stimuli, neuroids=made.neuroids,
        create_time=time(message, "create_time"), notes=tuple(made.notes), layers=tuple(map(_layer, made.layers)),
        split=made.split, folds=tuple(results.Fold(tuple(fold.test), tuple(fold.unused)) for fold in made.folds),
        ceiling_interval=_interval(made.ceiling),
        null=results.Null(made.null.permutations, made.null.mean, made.null.upper, made.null.p) if made.HasField("null") else None)


def leaderboard(message: score_pb2.Leaderboard, limit: int | None = None) -> results.Leaderboard:
    benchmarks = tuple(message.benchmarks)
    rows = [results.LeaderboardRow(row.rank, last_part(row.model), row.display_name, _given(row, "mean"),
                                   dict(zip(benchmarks, map(_cell, row.cells)))) for row in message.rows[:limit]]
    return results.Leaderboard(rows, benchmarks, message.policy)


def comparison(message: score_pb2.ModelComparison) -> results.Comparison:
    rows = [results.ComparedModel(
        last_part(row.model), row.tier, row.raw, _given(row, "normalised"), _interval(row),
        _test(row.against_zero) if row.HasField("against_zero") else None,
        _test(row.against_ceiling) if row.HasField("against_ceiling") else None) for row in message.models]
    pairs = {(last_part(pair.model), last_part(pair.other)): _test(pair.test) for pair in message.pairs}
    return results.Comparison(rows, pairs, message.benchmark, message.correction, tuple(message.notes))


def _test(message: score_pb2.PairedTest) -> results.PairedTest:
    return results.PairedTest(message.difference, (message.interval.lower, message.interval.upper), message.p,
                              message.adjusted_p)


def _layer(message: report_pb2.LayerScore) -> results.LayerScore:
    return results.LayerScore(message.layer.path, message.layer.step, None if message.undefined else message.raw,
                              _given(message, "normalised"), _interval(message), message.inferred,
                              tuple(message.per_subject), tuple(message.per_neuroid), message.undefined)


def _cell(message: score_pb2.LeaderboardCell) -> results.Cell:
    low, high = _given(message, "interval_lower"), _given(message, "interval_upper")
    return results.Cell(
        score=last_part(message.score) or None, raw=_given(message, "raw"), normalised=_given(message, "normalised"),
        ceiling=_given(message, "ceiling"), interval=None if low is None or high is None else (low, high),
        layer=message.layer.path or None, step=message.layer.step, layer_choice=message.layer_choice)


def _given(message: Any, field: str) -> float | None:
    return float(getattr(message, field)) if message.HasField(field) else None


def _interval(message: Any) -> tuple[float, float] | None:
    return (message.interval.lower, message.interval.upper) if message.HasField("interval") else None
