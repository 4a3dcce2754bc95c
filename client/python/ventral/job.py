"""Jobs: one checkpoint on one pack, followed to its end over servers that come and go (client/lib/watch.cc)."""

import dataclasses
import datetime
import hashlib
import time
from typing import Any

import grpc

from ventral import convert, errors
from ventral.calls import Channel, is_cut
from ventral.kept_grams import KeptGrams, parse_grams
from ventral.progress import ProgressLine
from ventral.results import Estimate, Failure, Progress, Scores
from ventral.tables import Table
from ventral.v1 import job_pb2, job_pb2_grpc, score_pb2, score_pb2_grpc

_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 5.0  # seconds before a cut stream is opened again; doubles
_PATIENCE = 300.0  # seconds, from the first cut without a word since


class JobFailed(errors.VentralError):
    """A job that was watched failed or was cancelled; `job` says how, and `job.retry()` queues it again."""

    def __init__(self, job: "Job") -> None:
        failure = job.failure
        why = f"failed ({failure.cause}): {failure.message}" if job.state == "failed" and failure else f"was {job.state}"
        if failure and job.state == "cancelled" and failure.message.startswith("cancelled: "):
            why = f"was {failure.message}"  # by another than who made it
        super().__init__(f"job {job.name} {why}")
        self.job = job


@dataclasses.dataclass(frozen=True)
class Job:
    """One checkpoint on one pack, as the server last told it."""

    name: str  # its id
    model: str
    checkpoint: str  # SHA-256
    pack: str
    pack_version: str
    state: str  # "queued", "running", "succeeded", "failed", "cancelled"
    attempts: int
    max_attempts: int
    progress: Progress | None
    failure: Failure | None
    cancel_requested: bool
    create_time: datetime.datetime | None
    start_time: datetime.datetime | None
    end_time: datetime.datetime | None
    score_names: tuple[str, ...]
    kind: str  # "score", or "rescore" of kept Grams
    grams_sha256: str | None  # None where the Grams are not kept
    quarantined: bool  # failed, and an admin alone may retry it
    priority: int
    estimate: Estimate | None  # of the running or last attempt; None until it is known
    _channel: Channel = dataclasses.field(repr=False, compare=False)

    @property
    def ended(self) -> bool:
        return self.state in ("succeeded", "failed", "cancelled")

    def row(self) -> dict[str, Any]:
        return {"job": self.name, "model": self.model, "pack": self.pack, "state": self.state,
                "attempts": self.attempts, "created": self.create_time,
                "failure": self.failure.cause if self.failure else None}

    def refresh(self) -> "Job":
        """The job as it is now."""
        return self._ask("GetJob", job_pb2.GetJobRequest(name=f"jobs/{self.name}"))

    def cancel(self) -> "Job":
        """A queued job ends at once, a running one soon. Raises ConflictError when it has ended already."""
        return self._ask("CancelJob", job_pb2.CancelJobRequest(name=f"jobs/{self.name}"))

    def retry(self) -> "Job":
        """Queues a failed or cancelled job again. Raises ConflictError otherwise, NotAllowedError if quarantined."""
        return self._ask("RetryJob", job_pb2.RetryJobRequest(name=f"jobs/{self.name}"))

    def watch(self, *, progress: bool = True, check: bool = True) -> "Job":
        """Follows the job to its end and returns it; a connection that is cut is opened again.

        Raises JobFailed if it failed or was cancelled, unless `check` is False. Interrupting leaves the job running.
        """
        with ProgressLine(progress) as line:
            ended = _watch(self, line)
        if check and ended.state != "succeeded":
            raise JobFailed(ended)
        return ended

    def scores(self) -> Scores:
        """The scores that it made, with all layers, in the pack's order."""
        stub = self._channel.stub(score_pb2_grpc.ScoreServiceStub)
        names = self.refresh().score_names
        return Scores([convert.score(self._channel.twice(
            stub.GetScore, score_pb2.GetScoreRequest(name=f"scores/{name}"))) for name in names])

    def grams(self) -> KeptGrams:
        """The Gram matrices of its layers, from which RDMs come. Raises NotFoundError where they are not kept."""
        kept = self.refresh()
        stub = self._channel.stub(job_pb2_grpc.JobServiceStub)
        try:
            data = b"".join(piece.chunk for piece in stub.FetchGrams(job_pb2.FetchGramsRequest(name=f"jobs/{self.name}")))
        except grpc.RpcError as error:
            raise self._channel.error(error) from None
        if hashlib.sha256(data).hexdigest() != kept.grams_sha256:
            raise errors.CorruptDataError(f"what came as the Grams of job {self.name} does not have their SHA-256")
        return parse_grams(data, f"what is kept of job {self.name}")

    def _ask(self, method: str, request: object) -> "Job":
        stub = self._channel.stub(job_pb2_grpc.JobServiceStub)
        ask = self._channel.twice if method == "GetJob" else self._channel.once
        return of_message(ask(getattr(stub, method), request), self._channel)


class Jobs(Table[Job]):
    """Jobs; what one can do to a job is done to each."""

    def watch(self, *, progress: bool = True, check: bool = True) -> "Jobs":
        """Follows all to their end. Raises JobFailed of the first that did not succeed, when all have ended."""
        ended = Jobs([job.watch(progress=progress, check=False) for job in self])
        for job in ended if check else ():
            if job.state != "succeeded":
                raise JobFailed(job)
        return ended

    def cancel(self) -> "Jobs":
        return Jobs([job.cancel() for job in self])

    def retry(self) -> "Jobs":
        return Jobs([job.retry() for job in self])

    def scores(self) -> Scores:
        return Scores([score for job in self for score in job.scores()])


def of_message(message: job_pb2.Job, channel: Channel) -> Job:
    return Job(
        name=convert.last_part(message.name), model=convert.model_of(message.checkpoint),
        checkpoint=convert.last_part(message.checkpoint), pack=convert.last_part(message.pack),
        pack_version=message.pack_version, state=convert.state(message), attempts=message.attempts,
        max_attempts=message.max_attempts, progress=convert.progress(message), failure=convert.failure(message),
        cancel_requested=message.cancel_requested, create_time=convert.time(message, "create_time"),
        start_time=convert.time(message, "start_time"), end_time=convert.time(message, "end_time"),
        score_names=tuple(map(convert.last_part, message.scores)), kind=convert.kind(message),
        grams_sha256=message.grams.sha256 if message.HasField("grams") else None, quarantined=message.quarantined,
        priority=message.priority, estimate=convert.estimate(message), _channel=channel)


def _watch(job: Job, line: ProgressLine) -> Job:
    away_since: float | None = None  # a job may wait for hours without a change: quiet is not away
    pause = _FIRST_PAUSE
    while True:
        now, heard, cut = _follow(job, line)
        if now.ended:
            return now
        if not is_cut(cut):
            assert cut is not None  # a stream that ended well is always a cut one
            raise job._channel.error(cut)
        if heard:
            away_since, pause = None, _FIRST_PAUSE
        why = (errors.UnavailableError("the server ended the stream before the job", "UNAVAILABLE") if cut is None
               else job._channel.error(cut))
        if away_since is None:
            away_since = time.monotonic()
            line.note(f"the connection was cut ({why.message}); watching again as soon as it is back")
        elif time.monotonic() - away_since > _PATIENCE:
            raise errors.UnavailableError(f"{why.message}. The job goes on; come back with "
                                          f"connect().job({job.name!r}).watch()", why.code)
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


def _follow(job: Job, line: ProgressLine) -> tuple[Job, bool, grpc.RpcError | None]:
    """One stream to its end: the last that was heard, whether anything was, and why it ended."""
    stub = job._channel.stub(job_pb2_grpc.JobServiceStub)
    now, heard = dataclasses.replace(job, state="queued"), False
    stream = stub.WatchJob(job_pb2.WatchJobRequest(name=f"jobs/{job.name}"))
    try:
        for message in stream:
            now, heard = of_message(message, job._channel), True
            _show(now, line)
    except grpc.RpcError as error:
        return now, heard, error
    finally:
        stream.cancel()  # where the watcher was interrupted
    return now, heard, None


def _show(job: Job, line: ProgressLine) -> None:
    text, done, total = f"{job.model} on {job.pack}: {job.state}", 0, 0
    if job.state == "running" and job.progress is not None:
        done, total = job.progress.done, job.progress.total
        text = f"{job.model} on {job.pack}: {job.progress.phase} {job.progress.message}".rstrip()
    if job.state == "running" and job.attempts > 1:
        text += f" (attempt {job.attempts})"
    if job.state == "queued" and job.failure is not None:
        text += f" again, after {job.failure.cause}"
    line.show(f"{job.state} {job.progress.phase if job.progress else ''} {job.attempts}", text, done, total)
