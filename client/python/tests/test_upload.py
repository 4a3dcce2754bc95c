"""Uploads that are cut: what came stays, and the next try goes on behind it."""

import collections
import hashlib
import time

import grpc
import pytest

from ventral import errors, upload
from ventral.calls import Channel
from ventral.v1 import blob_pb2, blob_pb2_grpc

MIB = 1 << 20


@pytest.fixture
def file(tmp_path):
    (tmp_path / "net.pt2").write_bytes(hashlib.shake_256(str(tmp_path).encode()).digest(24 * MIB + 5))
    return upload.read_local_file(tmp_path / "net.pt2")


def received(stub, file):
    return stub.QueryUpload(blob_pb2.QueryUploadRequest(sha256=file.sha256, size_bytes=file.size)).received_bytes


def until(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline


def counted(moved):
    """A progress that notes how many bytes each call brought."""
    last = [0]

    def progress(done, total):
        moved.append(done - last[0])
        last[0] = done
    return progress


def test_an_upload_survives_the_servers_death(service, file):
    moved = []
    count = counted(moved)
    killed = []

    def progress(done, total):
        count(done, total)
        if done >= 16 * MIB and not killed:
            killed.append(done)
            until(lambda: received(stub, file) >= 12 * MIB)
            service.kill("ventral-server")
            service.start_server()
    channel = Channel(service.address)
    stub = channel.stub(blob_pb2_grpc.BlobServiceStub)
    assert upload.upload_missing(channel, file, progress)
    assert killed
    sent = sum(step for step in moved if 0 < step <= MIB)
    assert file.size <= sent < 1.6 * file.size, "whoever begins anew sends 1.67 times the file"
    answer = stub.QueryUpload(blob_pb2.QueryUploadRequest(sha256=file.sha256, size_bytes=file.size))
    assert answer.already_present
    channel.close()


def test_an_upload_of_before_is_gone_on_with(service, file):
    class Interrupted(Exception):
        pass

    channel = Channel(service.address)
    stub = channel.stub(blob_pb2_grpc.BlobServiceStub)

    def half():
        parts = upload._parts(file, lambda done, total: None, 0)
        for _ in range(11):
            yield next(parts)
        until(lambda: received(stub, file) == 10 * MIB)  # else gRPC may throw away what it has not sent
        raise Interrupted

    with pytest.raises(grpc.RpcError):
        stub.UploadBlob(half())
    moved, told = [], []
    assert upload.upload_missing(channel, file, counted(moved), lambda there, total: told.append((there, total)))
    assert told == [(10 * MIB, file.size)]
    assert moved[0] == 10 * MIB and sum(moved) == file.size
    channel.close()


class Fake:
    """A server that says and does what a test tells it."""

    def __init__(self, monkeypatch, there, ends):
        self.there, self.ends, self.offsets = collections.deque(there), collections.deque(ends), []
        monkeypatch.setattr(upload, "_upload", self._upload)
        monkeypatch.setattr(upload.time, "sleep", lambda seconds: None)

    def stub(self, kind):
        return type("Stub", (), {"FindMissingBlobs": None, "QueryUpload": None})

    def twice(self, method, request):
        return blob_pb2.FindMissingBlobsResponse(missing_sha256=request.sha256)

    def once(self, method, request):
        answer = self.there.popleft()
        if isinstance(answer, Exception):
            raise answer
        return blob_pb2.QueryUploadResponse(received_bytes=answer)

    def await_server(self, seconds):
        return True

    def _upload(self, channel, stub, file, progress, offset):
        self.offsets.append(offset)
        end = self.ends.popleft()
        if end is not None:
            raise end


CUT = errors.UnavailableError("cut", "UNAVAILABLE")
WRONG = errors.InvalidInputError("wrong digest", "INVALID_ARGUMENT")
ELSEWHERE = errors.InvalidInputError("not there", "OUT_OF_RANGE")
OLD = errors.InternalError("what is that", "UNIMPLEMENTED")


@pytest.mark.parametrize(("there", "ends", "offsets"), [
    ([0, 5, 9], [CUT, CUT, None], [0, 5, 9]),
    ([7], [WRONG, None], [7, 0]),  # what was there was at fault
    ([7, 8], [ELSEWHERE, None], [7, 8]),
    ([CUT, 7], [None], [7]),
    ([OLD, OLD], [CUT, None], [0, 0]),  # a server from before
    ([-1, 1 << 60], [CUT, None], [0, 0])])
def test_where_the_next_try_begins(monkeypatch, file, there, ends, offsets):
    fake = Fake(monkeypatch, there, ends)
    assert upload.upload_missing(fake, file, lambda done, total: None)
    assert fake.offsets == offsets


@pytest.mark.parametrize(("there", "ends", "tries"), [
    ([5] * 50, [CUT] * 50, 10), ([OLD] * 50, [CUT] * 50, 2), ([7] * 50, [WRONG] * 50, 2), ([0] * 50, [WRONG] * 50, 1)])
def test_it_ends(monkeypatch, file, there, ends, tries):
    fake = Fake(monkeypatch, there, ends)
    with pytest.raises(errors.VentralError):
        upload.upload_missing(fake, file, lambda done, total: None)
    assert len(fake.offsets) == tries
