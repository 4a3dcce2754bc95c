"""Attacks, each a function below `@attack` that goes on until `over()` and tells the status of each answer:

    @attack("wrong names", {"NOT_FOUND"})
    def wrong_names(victim, over, told):
        while not over():
            told(victim.call("submitter", "ModelService", "GetModel", "GetModelRequest", name="models/none"))

The set holds every status that may come back: all else is a failure of the server. attacks.py NAME VICTIM.json SECONDS runs one in a process of
its own, and prints {status: number} as JSON.
"""

import collections
import gzip
import hashlib
import json
import os
import pathlib
import select
import socket
import struct
import sys
import threading
import time

import http2
from seen import ATTACKS, LARGEST, LARGEST_BODY, Seen, at_least_once, attack, name_of_status

# Messages.

@attack("oversize message", {"RESOURCE_EXHAUSTED"})
def oversize_message(victim, over, told):
    text = "a" * (LARGEST + 1)
    for _ in at_least_once(over):
        told(victim.call("submitter", "ModelService", "ListModels", "ListModelsRequest", page_token=text))


@attack("oversize message, without a token", {"UNAUTHENTICATED"})
def large_strangers_message(victim, over, told):
    """As large as may be: it is parsed before it is refused."""
    request = victim.message("ListModelsRequest", page_token="a" * (LARGEST - 100)).SerializeToString()
    for _ in at_least_once(over):
        told(victim.bytes("none", "ModelService", "ListModels", request))


# gRPC holds a message against its largest size when all of it is there; until then only its quota of memory bounds it.

@attack("endless messages", {"refused", "kept"}, seconds=8)
def endless_messages(victim, over, told):
    """Messages of strangers that say they have 4 GiB, and go on. The server ends streams and connections where it has enough: of those of
    before, too, so that a sender is not always told."""
    fill(victim, over, told, 0xf0000000, 512)


@attack("half messages", {"refused", "kept"}, seconds=8)
def half_messages(victim, over, told):
    """Most of a message of the largest size, and then nothing."""
    fill(victim, over, told, LARGEST - 1000, 60)


def fill(victim, over, told, says, megabytes):
    lines, piece = [], b"a" * (1 << 20)
    while not over():
        if len(lines) == 100:
            time.sleep(0.1)
            continue
        try:
            lines.append(http2.Connection(victim.grpc, timeout=3))
            stream = lines[-1].call("/ventral.v1.ModelService/ListModels")
            lines[-1].data(stream, struct.pack(">BI", 0, says))
            for _ in range(megabytes):
                lines[-1].data(stream, piece)
            told("kept")
        except OSError:
            told("refused")
    for line in lines:
        line.close()


@attack("endless body over HTTP", {"HTTP 413"})
def endless_body(victim, over, told):
    def body():
        for _ in range(LARGEST_BODY // 65536 + 64):
            yield b" " * 65536
    while not over():
        told(endless_post(victim, body()))


def endless_post(victim, body):
    """Chunked, for as long as the server reads; then what it says."""
    host, port = victim.http.rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=30) as line:
        line.sendall(b"POST /ventral.v1.ModelService/ListModels HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                     b"Transfer-Encoding: chunked\r\n\r\n")
        try:
            for piece in body:
                line.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
        except OSError:
            pass  # it reads no more
        try:
            answer = line.recv(4096)
        except OSError:
            return "HTTP 413"  # closed while we still wrote: the answer is lost to us, the connection is gone
    return "HTTP " + answer.split(b" ")[1].decode() if answer.startswith(b"HTTP") else "HTTP 413"


@attack("decompression bomb", {"UNIMPLEMENTED"})
def bomb(victim, over, told):
    """A quarter of a MiB that unpacks to 256, from a stranger."""
    packed = gzip.compress(b"\0" * (1 << 28), 6)
    for _ in at_least_once(over):
        line = http2.Connection(victim.grpc)
        try:
            line.data(line.call("/ventral.v1.ModelService/ListModels", grpc_encoding="gzip"), struct.pack(">BI", 1, len(packed)) + packed, end=True)
        except OSError:
            pass  # it did not want to have it all
        told(name_of_status(line.status(30)))
        line.close()


@attack("decompression bomb that does not say so", {"INVALID_ARGUMENT"})
def silent_bomb(victim, over, told):
    """The flag of a packed message, and no header that names how."""
    packed = gzip.compress(b"\0" * (1 << 28), 6)
    for _ in at_least_once(over):
        line = http2.Connection(victim.grpc)
        line.data(line.call("/ventral.v1.ModelService/ListModels", victim.tokens["submitter"]), struct.pack(">BI", 1, len(packed)) + packed, end=True)
        told(name_of_status(line.status(30)))
        line.close()


@attack("decompression bomb over HTTP", {"HTTP 501"})
def http_bomb(victim, over, told):
    packed = gzip.compress(b" " * (256 << 20))
    for _ in at_least_once(over):
        told(victim.post("/ventral.v1.ModelService/ListModels", packed, Content_Encoding="gzip"))


@attack("invalid UTF-8", {"INVALID_ARGUMENT"})
def invalid_utf8(victim, over, told):
    """In a string field of each service, by gRPC."""
    bad = b"\xff\xfe\xc3\x28\xed\xa0\x80"
    asked = (("ModelService", "GetModel", "GetModelRequest", "name"), ("JobService", "CancelJob", "CancelJobRequest", "name"),
             ("ScoreService", "GetLeaderboard", "GetLeaderboardRequest", "benchmarks"), ("PackService", "GetPack", "GetPackRequest", "name"),
             ("ModelService", "ListModels", "ListModelsRequest", "page_token"))
    mark = "m" * len(bad)
    while not over():
        for service, method, request, field in asked:
            good = victim.message(request, **{field: [mark] if field == "benchmarks" else mark}).SerializeToString()
            told(victim.bytes("submitter", service, method, good.replace(mark.encode(), bad)))


@attack("invalid UTF-8 over HTTP", {"HTTP 400"})
def invalid_utf8_http(victim, over, told):
    while not over():
        told(victim.post("/ventral.v1.ModelService/GetModel", b'{"name":"\xff\xfe\xc3\x28"}'))


@attack("bytes that are no message", {"INVALID_ARGUMENT", "OK", "NOT_FOUND"})
def noise(victim, over, told):
    while not over():
        told(victim.bytes("submitter", "ModelService", "GetModel", os.urandom(200)))


# Streams and connections.

def open_streams(victim, over, told, most, open_one):
    """Opens up to `most`, over connections of 100 each, reads nothing, and tells how each ended."""
    channels, calls = [], []
    while not over():
        if len(calls) < most:
            if len(calls) % 100 == 0:
                channels.append(victim.channel())
            call = open_one(channels[-1])
            call.add_callback(lambda call=call: None)
            calls.append(call)
        else:
            time.sleep(0.2)
    for call in calls:
        if call.is_active():
            told("open")
            call.cancel()
        else:
            told(call.code().name)
    for channel in channels:
        channel.close()


@attack("idle watches", {"open", "RESOURCE_EXHAUSTED"})
def idle_watches(victim, over, told):
    """Two thousand streams on a job that waits."""
    request = victim.message("WatchJobRequest", name=victim.waits).SerializeToString()
    open_streams(victim, over, told, 2000, lambda channel: channel.unary_stream("/ventral.v1.JobService/WatchJob")(
        request, metadata=victim.metadata("reader")))


@attack("idle uploads", {"open", "RESOURCE_EXHAUSTED", "CANCELLED"})
def idle_uploads(victim, over, told):
    """Two thousand uploads of which not a byte comes."""
    ended = threading.Event()

    def nothing():
        ended.wait()
        yield b""
    open_streams(victim, over, told, 2000, lambda channel: channel.stream_unary("/ventral.v1.BlobService/UploadBlob").future(
        nothing(), metadata=victim.metadata("submitter")))
    ended.set()


@attack("slow readers", {"open", "RESOURCE_EXHAUSTED", "CANCELLED", "OK"})
def slow_readers(victim, over, told):
    """Two hundred downloads of Grams that nobody reads."""
    request = victim.message("FetchGramsRequest", name=victim.scored).SerializeToString()
    lines = []
    while not over():
        if len(lines) < 200:
            line = http2.Connection(victim.grpc, window=65535)
            line.data(line.call("/ventral.v1.JobService/FetchGrams", victim.tokens["reader"]), struct.pack(">BI", 0, len(request)) + request, end=True)
            lines.append(line)
        else:
            time.sleep(0.2)
    for line in lines:
        number = line.status(0.05)
        told("open" if number is None else name_of_status(number))
        line.close()


@attack("methods without a handler over HTTP", {"HTTP 405"})
def unhandled(victim, over, told):
    """Their bodies, endless or packed, of which not a byte is wanted."""
    packed = gzip.compress(b" " * (256 << 20))
    for _ in at_least_once(over):
        for method in ("PUT", "PATCH", "DELETE", "PRI"):
            head = f"{method} / HTTP/1.1\r\nHost: x\r\n"
            told(push(victim, f"{head}Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"a" * 65536 + b"\r\n"))
            told(push(victim, f"{head}Content-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n", packed))


@attack("lines that never end, over HTTP", {"closed", "HTTP 400", "HTTP 413", "HTTP 414"})
def endless_lines(victim, over, told):
    chunked = "POST /ventral.v1.ModelService/ListModels HTTP/1.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    for _ in at_least_once(over):
        told(push(victim, "GET /", b"a" * 65536))
        told(push(victim, "GET / HTTP/1.1\r\nX: ", b"a" * 65536))
        told(push(victim, "GET / HTTP/1.1\r\n", b"X-Some: thing\r\n" * 4096))
        told(push(victim, chunked, b"0" * 65536))


def push(victim, head, piece):
    """The status that comes back while `piece` is sent again and again; "closed" for none, "endless" where 256 MiB were taken."""
    host, port = victim.http.rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=30) as line:
        try:
            line.sendall(head.encode())
            for _ in range((256 << 20) // len(piece)):
                if select.select([line], [], [], 0)[0]:
                    break
                line.sendall(piece)
            else:
                return "endless"
        except OSError:
            pass  # it reads no more
        try:
            answer = line.recv(4096)
        except OSError:
            return "closed"
    return "HTTP " + answer.split(b" ")[1].decode() if answer.startswith(b"HTTP") else "closed"


@attack("tokens that are no text, over HTTP", {"HTTP 401"})
def wild_tokens(victim, over, told):
    """Bytes that gRPC ends a process over, where metadata has them."""
    while not over():
        for token in ("%01", "%0a", "%c3%a9", "%00", "%7f", "a\tb", "\xe9"):
            told(victim.post("/ventral.v1.ModelService/ListModels", b"{}", role="none", Authorization=token.encode("latin-1")))


@attack("slow writers over HTTP", {"open", "closed"})
def slow_writers(victim, over, told):
    """Half of a request's head, on sixty connections."""
    host, port = victim.http.rsplit(":", 1)
    lines = []
    while not over():
        if len(lines) < 60:
            line = socket.create_connection((host, int(port)), timeout=10)
            line.sendall(b"POST /ventral.v1.ModelService/ListModels HTTP/1.1\r\nHost: x\r\n")
            lines.append(line)
        else:
            time.sleep(0.2)
    for line in lines:
        told("open")
        line.close()


@attack("idle connections", {"open"})
def idle_connections(victim, over, told):
    """Two thousand to gRPC's port, which say nothing."""
    host, port = victim.grpc.rsplit(":", 1)
    lines = []
    while not over():
        if len(lines) < 2000:
            lines.append(socket.create_connection((host, int(port)), timeout=10))
            told("open")
        else:
            time.sleep(0.2)
    for line in lines:
        line.close()


@attack("connections that come and go", {"closed"})
def reconnects(victim, over, told):
    host, port = victim.grpc.rsplit(":", 1)
    while not over():
        with socket.create_connection((host, int(port)), timeout=10) as line:
            line.sendall(http2.PREFACE)
        told("closed")
        time.sleep(0.002)


# Who one is.

@attack("strangers' calls", {"UNAUTHENTICATED"})
def strangers(victim, over, told):
    tokens = ["none", "ventral_" + "0" * 64, "hunter2", "ventral_" + "f" * 63, "ventral_' OR 1=1 --", victim.tokens["revoked"],
              victim.tokens["expired"], victim.tokens["disabled"]]
    while not over():
        for token in tokens:
            told(victim.call(token, "ScoreService", "GetLeaderboard", "GetLeaderboardRequest"))


@attack("strangers' calls over HTTP", {"HTTP 401"})
def strangers_http(victim, over, told):
    while not over():
        for token in ("none", "revoked", "expired", "disabled", "hunter2"):
            told(victim.post("/ventral.v1.ScoreService/GetLeaderboard", b"{}", role=token))


@attack("others' rights", {"PERMISSION_DENIED"})
def others_rights(victim, over, told):
    """What this role may not do, with ids that are there."""
    while not over():
        for role, service, method, request, fields in (
                ("reader", "JobService", "CancelJob", "CancelJobRequest", {"name": victim.waits}),
                ("reader", "JobService", "RetryJob", "RetryJobRequest", {"name": victim.scored}),
                ("submitter", "JobService", "SetJobPriority", "SetJobPriorityRequest", {"name": victim.waits, "priority": 9}),
                ("submitter", "AdminService", "SetUserQuota", "SetUserQuotaRequest", {"name": "users/noor", "jobs": 1}),
                ("submitter", "AdminService", "CreateToken", "CreateTokenRequest", {"parent": "users/admin"}),
                ("submitter", "AdminService", "ListTokens", "ListTokensRequest", {"parent": "users/noor"}),
                ("publisher", "AdminService", "SetUserRole", "SetUserRoleRequest", {"name": "users/pia", "role": 5}),
                ("submitter", "WorkerService", "LeaseJob", "LeaseJobRequest", {"worker": "me", "device": "cpu"}),
                ("admin", "WorkerService", "CompleteJob", "CompleteJobRequest", {"job": victim.waits, "lease_token": hashlib.md5().hexdigest()}),
                ("worker", "JobService", "ListJobs", "ListJobsRequest", {}),
                ("worker", "AdminService", "ListAuditEvents", "ListAuditEventsRequest", {})):
            told(victim.call(role, service, method, request, **fields))


@attack("others' ids", {"ABORTED", "ALREADY_EXISTS", "NOT_FOUND"})
def others_ids(victim, over, told):
    """A worker with a lease that is none, a submitter with another's model and request id, ids that nobody has."""
    token = "00000000-0000-4000-8000-000000000000"
    while not over():
        told(victim.call("submitter", "AdminService", "GetUserQuota", "GetUserQuotaRequest", name="users/noor"))
        told(victim.call("worker", "WorkerService", "Heartbeat", "HeartbeatRequest", job=victim.waits, lease_token=token))
        told(victim.call("worker", "WorkerService", "FailJob", "FailJobRequest", job=victim.waits, lease_token=token, released=True))
        told(victim.call("submitter", "ModelService", "CreateModel", "CreateModelRequest", request_id="noors-request",
                         model={"model_id": "noors", "architecture": "another"}))
        told(victim.call("submitter", "JobService", "CancelJob", "CancelJobRequest", name=f"jobs/{token}"))
        told(victim.call("admin", "AdminService", "RevokeToken", "RevokeTokenRequest", name=f"users/noor/tokens/{token}"))


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    sys.path[:0] = [os.environ["VENTRAL_PACKAGE"], str(root / "tests/hostile")]
    name, file, seconds = sys.argv[1:4]
    counts, end = collections.Counter(), time.monotonic() + float(seconds)
    ATTACKS[name](Seen(file), lambda: time.monotonic() > end, lambda status: counts.update([status]))
    print(json.dumps(counts), flush=True)
    os._exit(0)  # threads of streams that never end


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    main()
