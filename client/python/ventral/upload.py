"""A checkpoint file to the server, as a blob (client/lib/upload.cc)."""

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
_FIRST_PAUSE, _LONGEST_PAUSE, _BUSY_SECONDS = 0.1, 5.0, 60.0  # between tries while the server has no room

UploadProgress = Callable[[int, int], None]  # bytes sent and in all


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


def upload_missing(channel: Channel, file: LocalFile, progress: UploadProgress) -> bool:
    """Uploads `file` unless the server holds it, once more when the connection broke, and for a minute where the
    server has no room for another upload. Whether it was sent."""
    stub = channel.stub(blob_pb2_grpc.BlobServiceStub)
    missing = channel.twice(stub.FindMissingBlobs, blob_pb2.FindMissingBlobsRequest(sha256=[file.sha256]))
    if not missing.missing_sha256:
        return False
    cut, pause, waited = False, _FIRST_PAUSE, 0.0
    while True:
        try:
            _upload(channel, stub, file, progress)
            return True
        except errors.BusyError:
            if waited >= _BUSY_SECONDS:
                raise
            time.sleep(pause)
            waited, pause = waited + pause, min(2 * pause, _LONGEST_PAUSE)
        except errors.UnavailableError:
            if cut or not channel.await_server(RETRY_SECONDS):
                raise
            cut = True


def _upload(channel: Channel, stub: blob_pb2_grpc.BlobServiceStub, file: LocalFile, progress: UploadProgress) -> None:
    try:
        stub.UploadBlob(_parts(file, progress))
    except grpc.RpcError as error:
        failed = channel.error(error)
        raise type(failed)(f"{file.path}: {failed.message}", failed.code) from None


def _parts(file: LocalFile, progress: UploadProgress) -> Iterator[blob_pb2.UploadBlobRequest]:
    yield blob_pb2.UploadBlobRequest(
        declaration=blob_pb2.BlobDeclaration(sha256=file.sha256, size_bytes=file.size))
    sent = 0
    with file.path.open("rb") as bytes_of:
        while piece := bytes_of.read(_CHUNK):
            yield blob_pb2.UploadBlobRequest(chunk=piece)
            sent += len(piece)
            progress(sent, file.size)
