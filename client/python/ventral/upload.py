"""A checkpoint file to the server, as a blob (client/lib/upload.cc, client/lib/file_upload.cc)."""

import dataclasses
import hashlib
import pathlib
import time
from collections.abc import Callable, Iterator

from ventral import errors
from ventral.calls import RETRY_SECONDS, Channel
from ventral.v1 import blob_pb2, blob_pb2_grpc

import grpc

_CHUNK = 1 << 20  # bytes
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0  # seconds between tries; each twice the one before
_BUSY_SECONDS = 60.0  # of pauses while the server has no room
_TRIES = 10  # of which none brought a byte further
_TRIES_FROM_NOTHING = 2  # with a server that keeps nothing of them

UploadProgress = Callable[[int, int], None]  # bytes that are there and in all
UploadGoesOn = Callable[[int, int], None]  # told where an upload of before is gone on with: bytes there and in all


@dataclasses.dataclass(frozen=True)
class LocalFile:
    path: pathlib.Path
    sha256: str
    size: int  # bytes


def read_local_file(path: pathlib.Path) -> LocalFile:
    """Its digest and size. Raises NotFoundError or InvalidInputError that names the file: missing, a folder, empty."""
    if not path.exists():
        raise errors.NotFoundError(f"there is no file {path}")
    if not path.is_file():
        raise errors.InvalidInputError(f"{path} is no file")
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            digest.update(piece)
            size += len(piece)
    if size == 0:
        raise errors.InvalidInputError(f"{path} is empty")
    return LocalFile(path, digest.hexdigest(), size)


def upload_missing(channel: Channel, file: LocalFile, progress: UploadProgress,
                   goes_on: UploadGoesOn = lambda there, total: None) -> bool:
    """Uploads `file` unless the server holds it; whether it was sent.

    Where the connection breaks, and where an earlier upload of the same bytes was cut, it goes on behind the last byte
    that is there. Waits for a minute where the server has no room for another upload.
    """
    stub = channel.stub(blob_pb2_grpc.BlobServiceStub)
    missing = channel.twice(stub.FindMissingBlobs, blob_pb2.FindMissingBlobsRequest(sha256=[file.sha256]))
    if not missing.missing_sha256:
        return False
    _FileUpload(channel, stub, file, progress, goes_on).run()
    return True


class _FileUpload:
    """One file on its way, over cuts."""

    def __init__(self, channel: Channel, stub: blob_pb2_grpc.BlobServiceStub, file: LocalFile, progress: UploadProgress,
                 goes_on: UploadGoesOn) -> None:
        self._channel, self._stub, self._file, self._progress, self._goes_on = channel, stub, file, progress, goes_on
        self._from = 0            # where the next try begins
        self._furthest = 0        # that the server ever had
        self._keeps = True        # whether it keeps what came of a try
        self._begin_anew = False  # what the server has is no use
        self._tries, self._pause, self._waited = 0, 0.0, 0.0

    def run(self) -> None:
        first = True
        while True:
            try:
                if self._ask():
                    self._progress(self._file.size, self._file.size)
                    return
                if self._from > 0:
                    if first:
                        self._goes_on(self._from, self._file.size)
                    self._progress(self._from, self._file.size)
                _upload(self._channel, self._stub, self._file, self._progress, self._from)
                return
            except errors.VentralError as error:
                if not self._may_try_again(error):
                    raise
            first = False

    def _ask(self) -> bool:
        """Whether there is nothing to do. A file of one chunk is not worth the question."""
        self._from = 0
        if self._begin_anew or self._file.size <= _CHUNK:
            return False
        request = blob_pb2.QueryUploadRequest(sha256=self._file.sha256, size_bytes=self._file.size)
        try:
            answer = self._channel.once(self._stub.QueryUpload, request)
        except errors.InternalError as error:
            if error.code != "UNIMPLEMENTED":
                raise
            self._keeps = False  # an older server
            return False
        if 0 < answer.received_bytes <= self._file.size:
            self._from = answer.received_bytes
        if self._from > self._furthest:
            self._furthest, self._tries = self._from, 0
        return answer.already_present

    def _may_try_again(self, error: errors.VentralError) -> bool:
        """Pauses before it says yes."""
        busy = isinstance(error, errors.BusyError)
        # What was there before may be at fault, and is thrown away.
        wrong = isinstance(error, errors.InvalidInputError) and error.code == "INVALID_ARGUMENT" and self._from > 0
        self._begin_anew = self._begin_anew or wrong
        if not (isinstance(error, errors.UnavailableError) or wrong or error.code == "OUT_OF_RANGE"):
            return False
        if busy and self._waited >= _BUSY_SECONDS:
            return False
        if not busy:
            self._tries += 1
            if self._tries >= (_TRIES if self._keeps else _TRIES_FROM_NOTHING):
                return False
            if self._tries == 1:
                self._pause = 0.0  # it moved
        self._pause = min(max(2 * self._pause, _FIRST_PAUSE), _LONGEST_PAUSE)
        time.sleep(self._pause)
        if busy:
            self._waited += self._pause
        elif isinstance(error, errors.UnavailableError):
            self._channel.await_server(RETRY_SECONDS)
        return True


def _upload(channel: Channel, stub: blob_pb2_grpc.BlobServiceStub, file: LocalFile, progress: UploadProgress,
            offset: int) -> None:
    try:
        stub.UploadBlob(_parts(file, progress, offset))
    except grpc.RpcError as error:
        failed = channel.error(error)
        raise type(failed)(f"{file.path}: {failed.message}", failed.code) from None


def _parts(file: LocalFile, progress: UploadProgress, offset: int) -> Iterator[blob_pb2.UploadBlobRequest]:
    yield blob_pb2.UploadBlobRequest(
        declaration=blob_pb2.BlobDeclaration(sha256=file.sha256, size_bytes=file.size, offset_bytes=offset))
    sent = offset
    with file.path.open("rb") as bytes_of:
        bytes_of.seek(offset)
        while piece := bytes_of.read(_CHUNK):
            yield blob_pb2.UploadBlobRequest(chunk=piece)
            sent += len(piece)
            progress(sent, file.size)
