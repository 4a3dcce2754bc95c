"""A connection to a Ventral server: ventral.connect()."""

import hashlib
import os
import pathlib
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Any

from ventral import access, address, checkpoint, convert, errors, upload
from ventral.calls import Channel, new_request_id
from ventral.job import Job, Jobs, of_message
from ventral.progress import ProgressLine
from ventral.results import Comparison, Leaderboard, ModelPage, Pack, Packs, Score, Scores
from ventral.v1 import (job_pb2, job_pb2_grpc, model_pb2, model_pb2_grpc, pack_pb2, pack_pb2_grpc, score_pb2,
                        score_pb2_grpc)

_PAGE = 1000
_ID_LENGTH = 36  # of a UUID
_SHORTEST_PREFIX = 4
_STATES = ("queued", "running", "succeeded", "failed", "cancelled")


class Client:
    """Use in a `with`, or close() it. Thread-safe. Every method raises subclasses of VentralError."""

    def __init__(self, server: str, shown: access.Access | None = None) -> None:
        self._channel = Channel(server, shown)
        self._models = self._channel.stub(model_pb2_grpc.ModelServiceStub)
        self._packs = self._channel.stub(pack_pb2_grpc.PackServiceStub)
        self._jobs = self._channel.stub(job_pb2_grpc.JobServiceStub)
        self._scores = self._channel.stub(score_pb2_grpc.ScoreServiceStub)

    @property
    def server(self) -> str:
        return self._channel.server

    def close(self) -> None:
        self._channel.close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

    def submit(self, file: str | os.PathLike[str], *, packs: Sequence[str], model: checkpoint.Model | None = None,
               private: bool = False, request_id: str | None = None, progress: bool = True) -> Jobs:
        """Uploads a checkpoint that ventral.export wrote, and queues it on each pack.

        model: by default, the one that the checkpoint states. Where its name is taken, its description is left.
        private: a new model, with its jobs and scores, is for you and admins to see, until publish_model.
        request_id: any text; submitting again with the same one gives the same jobs. By default each call makes new ones.
        """
        path = pathlib.Path(file)
        if isinstance(packs, str) or not packs:
            raise errors.InvalidInputError(f"packs is a list of names of packs, one at least, not {packs!r}")
        local = upload.read_local_file(path)
        model = model or _stated_model(path)
        for name in packs:  # before the upload, which a misspelt name must not cost
            self.pack(name)
        self._ensure_model(model, private, _derived(request_id, f"model {model.name}"))
        with ProgressLine(progress) as line:
            upload.upload_missing(
                self._channel, local,
                lambda done, total: line.show("upload", f"upload {done / 2**20:.1f} MiB of {total / 2**20:.1f} MiB", done, total),
                lambda there, total: line.note(f"going on with the upload of {path.name}: {there / 2**20:.1f} MiB of "
                                               f"{total / 2**20:.1f} MiB are there"))
        made = self._channel.twice(self._models.CreateCheckpoint, model_pb2.CreateCheckpointRequest(
            parent=f"models/{model.name}", request_id=_derived(request_id, "checkpoint"),
            checkpoint=model_pb2.Checkpoint(model=f"models/{model.name}", sha256=local.sha256, file_name=path.name)))
        return Jobs([self._create_job(made.name, name, _derived(request_id, f"{model.name} {local.sha256} {name}"))
                     for name in packs])

    def jobs(self, *, state: str | None = None, model: str | None = None) -> Jobs:
        """All jobs, newest first; only those of a state or of a model where named."""
        if state is not None and state not in _STATES:
            raise errors.InvalidInputError(f"'{state}' is no state of a job; write one of {', '.join(_STATES)}")
        states = [] if state is None else [f"JOB_STATE_{state.upper()}"]
        pages = self._pages(self._jobs.ListJobs, lambda token: job_pb2.ListJobsRequest(
            page_size=_PAGE, page_token=token, states=states, model=f"models/{model}" if model else ""))
        return Jobs([of_message(job, self._channel) for page in pages for job in page.jobs])

    def job(self, name: str) -> Job:
        """The job of this id, or of a beginning of it (4 characters at least) that fits one job alone."""
        wanted = name.removeprefix("jobs/").lower()
        if len(wanted) < _SHORTEST_PREFIX:
            raise errors.InvalidInputError(f"'{name}' is too short for a job; give at least {_SHORTEST_PREFIX} "
                                           "characters of its id")
        if len(wanted) >= _ID_LENGTH:
            return of_message(self._channel.twice(self._jobs.GetJob, job_pb2.GetJobRequest(name=f"jobs/{wanted}")),
                              self._channel)
        found = {job.name: job for job in self.jobs() if job.name.startswith(wanted)}
        if not found:
            raise errors.NotFoundError(f"no job's id begins with '{wanted}'; jobs() lists them")
        if len(found) > 1:
            raise errors.InvalidInputError(f"'{wanted}' fits several jobs, {' and '.join(sorted(found)[:2])} among "
                                           "them; give more of the id")
        return next(iter(found.values()))

    def rescore(self, *, model: str | None = None, job: str | None = None, pack: str | None = None,
                force: bool = False) -> Jobs:
        """Scores kept Grams again with the present scorer: of a model, of a job's checkpoint and pack, or of all.

        The jobs that wait or run now; none where all scores are of the present scorer version, unless `force`. A
        warning says so where there is more to do than one call does.
        Raises ConflictError where a model or job is named and its Grams are not kept.
        """
        # Forced twice, it would make them twice where the first ones have ended meanwhile.
        ask = self._channel.once if force else self._channel.twice
        answer = ask(self._jobs.CreateRescoreJobs, job_pb2.CreateRescoreJobsRequest(
            model=f"models/{model}" if model else "", job=f"jobs/{self.job(job).name}" if job else "",
            pack=f"packs/{pack}" if pack else "", force=force))
        lost = [left.message for left in answer.not_rescored
                if left.obstacle == job_pb2.RESCORE_OBSTACLE_GRAMS_NOT_KEPT]
        if lost and not answer.jobs and (model or job):
            raise errors.ConflictError(lost[0])
        for left in answer.not_rescored:
            if left.obstacle == job_pb2.RESCORE_OBSTACLE_UNSPECIFIED:
                warnings.warn(left.message, stacklevel=2)
        return Jobs([of_message(made, self._channel) for made in answer.jobs])

    def packs(self) -> Packs:
        """All packs, by name."""
        pages = self._pages(self._packs.ListPacks, lambda token: pack_pb2.ListPacksRequest(
            page_size=_PAGE, page_token=token))
        return Packs([convert.pack(pack) for page in pages for pack in page.packs])

    def pack(self, name: str) -> Pack:
        """The newest version of this pack."""
        return convert.pack(self._channel.twice(self._packs.GetPack, pack_pb2.GetPackRequest(name=f"packs/{name}")))

    def publish_model(self, name: str) -> None:
        """Everyone sees this model of yours from now on, with its jobs and scores."""
        self._channel.twice(self._models.PublishModel, model_pb2.PublishModelRequest(name=f"models/{name}"))

    def withdraw_model(self, name: str) -> None:
        """You and admins alone see this model of yours from now on, its jobs and scores."""
        self._channel.twice(self._models.WithdrawModel, model_pb2.WithdrawModelRequest(name=f"models/{name}"))

    def leaderboard(self, *benchmarks: str, limit: int | None = None) -> Leaderboard:
        """Models by their scores on these benchmarks; on all without any. The first `limit` rows; every row by default."""
        if limit is not None and limit < 1:
            raise errors.InvalidInputError(f"limit is how many rows to give, 1 at least, not {limit!r}")
        board = score_pb2.Leaderboard()
        for page in self._pages(self._scores.GetLeaderboard, lambda token: score_pb2.GetLeaderboardRequest(
                benchmarks=benchmarks, page_size=min(limit or _PAGE, _PAGE), page_token=token)):
            board.ClearField("benchmarks")  # the same on each page
            board.MergeFrom(page)
            if limit is not None and len(board.rows) >= limit:
                break
        return convert.leaderboard(board, limit)

    def compare(self, benchmark: str, *models: str, correction: str = "fdr") -> Comparison:
        """Models on a benchmark against each other, resample by resample; all on its leaderboard without any.

        correction: how p values are adjusted for their number, "fdr", "holm", "bonferroni" or "none".
        """
        request = score_pb2.CompareModelsRequest(benchmark=benchmark, models=[f"models/{model}" for model in models],
                                                 correction=correction)
        return convert.comparison(self._channel.twice(self._scores.CompareModels, request))

    def scores(self, *, model: str | None = None, benchmark: str | None = None, job: str | None = None) -> Scores:
        """Scores, newest first, without their layers: score() has them."""
        pages = self._pages(self._scores.ListScores, lambda token: score_pb2.ListScoresRequest(
            page_size=_PAGE, page_token=token, omit_layers=True, benchmark=benchmark or "",
            model=f"models/{model}" if model else "", job=f"jobs/{job}" if job else ""))
        return Scores([convert.score(score) for page in pages for score in page.scores])

    def score(self, name: str) -> Score:
        """One score with all its layers."""
        request = score_pb2.GetScoreRequest(name=f"scores/{name}")
        return convert.score(self._channel.twice(self._scores.GetScore, request))

    def show(self, model: str) -> ModelPage:
        """A model, and the newest score of each benchmark, with all layers."""
        found = self._channel.twice(self._models.GetModel, model_pb2.GetModelRequest(name=f"models/{model}"))
        newest: dict[str, Score] = {}
        for score in self.scores(model=model):
            newest.setdefault(score.benchmark, score)
        return ModelPage(convert.model(found), Scores([self.score(newest[name].name) for name in sorted(newest)]))

    def _create_job(self, checkpoint_name: str, pack: str, request_id: str) -> Job:
        wanted = job_pb2.Job(checkpoint=checkpoint_name, pack=f"packs/{pack}")
        return of_message(self._channel.twice(self._jobs.CreateJob, job_pb2.CreateJobRequest(
            job=wanted, request_id=request_id)), self._channel)

    def _ensure_model(self, model: checkpoint.Model, private: bool, request_id: str) -> None:
        try:
            there = self._channel.twice(self._models.GetModel, model_pb2.GetModelRequest(name=f"models/{model.name}"))
        except errors.NotFoundError:
            message = convert.model_message(model)
            message.private = private
            there = self._channel.twice(self._models.CreateModel, model_pb2.CreateModelRequest(
                model=message, request_id=request_id))
        if private and not there.private:
            raise errors.ConflictError(f"model {model.name} is there already, and everyone sees it: withdraw it first "
                                       f"(withdraw_model({model.name!r})), or choose another name")

    def _pages(self, method: Callable[..., Any], request: Callable[[str], object]) -> Iterator[Any]:
        token = ""
        while True:
            page = self._channel.twice(method, request(token))
            yield page
            token = page.next_page_token
            if not token:
                return


def connect(server: str | None = None, *, token: str | None = None,
            token_file: str | os.PathLike[str] | None = None, tls_ca: str | None = None, tls_cert: str | None = None,
            tls_key: str | None = None, insecure: bool = False) -> Client:
    """A client of `server` ("host:port" or "unix:/path"); else of VENTRAL_SERVER, else of the config file
    ~/.config/ventral/config, else of 127.0.0.1:7411. Nothing is sent before the first call.

    token, or token_file: who you are; else VENTRAL_TOKEN, VENTRAL_TOKEN_FILE, else the config file's, for its server.
    tls_ca: file of the CA that signed the server's certificate, or "system": TLS; else VENTRAL_TLS_CA or the config
    file's. tls_cert, tls_key: a certificate to show the server. insecure: send the token without TLS.
    """
    found = address.resolve(server)
    return Client(found, access.resolve(found, token=token, token_file=token_file, tls_ca=tls_ca, tls_cert=tls_cert,
                                        tls_key=tls_key, insecure=insecure))


def _stated_model(path: pathlib.Path) -> checkpoint.Model:
    try:
        stated = checkpoint.read(path).model
    except ValueError as error:
        raise errors.InvalidInputError(str(error)) from error
    if stated is None:
        name = re.sub("[^a-z0-9_.-]", "-", path.stem.lower()).lstrip("-._")
        raise errors.InvalidInputError(f"{path} states no model; export it with model=…, or submit it with "
                                       f"model=ventral.Model(name={name!r})")
    return stated


def _derived(request_id: str | None, purpose: str) -> str:
    """One id a creation, at most 64 characters; the same for the same request."""
    if request_id is None:
        return new_request_id()
    return hashlib.sha256(f"{purpose}\n{request_id}".encode()).hexdigest()
