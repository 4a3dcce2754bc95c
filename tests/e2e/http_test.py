"""JSON over HTTP with the real server: the Connect protocol, measures, health, hostile requests, TLS.

Usage: http_test.py SOURCE_ROOT BIN_DIR PYTHON
Speaks HTTP with Python's own client, so that nothing of Ventral's is on the other side. The audit log and gRPC's answers are read
with `ventral`, to hold both forms against each other.
"""

import base64
import gzip
import http.client
import json
import os
import pathlib
import re
import socket
import ssl
import struct
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from accounts_test import Service, eventually  # noqa: E402
from http_hostile import DRAIN_SECONDS, LARGEST, check_endless, check_metadata, check_stop, check_unhandled, raw  # noqa: E402
from quickstart_test import expect, run  # noqa: E402

MODELS, JOBS = "/ventral.v1.ModelService", "/ventral.v1.JobService"


class Http:
    """A client of one address."""

    def __init__(self, address, token=None, context=None):
        self.host, port = address.rsplit(":", 1)
        self.port, self.token, self.context = int(port), token, context

    def connect(self):
        if self.context:
            return http.client.HTTPSConnection(self.host, self.port, timeout=60, context=self.context)
        return http.client.HTTPConnection(self.host, self.port, timeout=60)

    def ask(self, method, path, body=None, **headers):
        """Status, headers, bytes."""
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        connection = self.connect()
        connection.request(method, path, body=body, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        found = answer.status, dict(answer.getheaders()), answer.read()
        connection.close()
        return found

    def call(self, path, request, **headers):
        headers.setdefault("Content_Type", "application/json")
        status, _, body = self.ask("POST", path, json.dumps(request), **headers)
        return status, json.loads(body)

    def refused(self, path, request, status, code, says, **headers):
        found, body = self.call(path, request, **headers)
        expect(found == status and body.get("code") == code and says in body.get("message", ""), f"{path}: {status} {code}, {says!r}",
               f"{found} {body}")
        return body

    def stream(self, path, request, **headers):
        """Every message of a stream, and what it ends with."""
        headers.setdefault("Content_Type", "application/connect+json")
        status, found, body = self.ask("POST", path, envelope(json.dumps(request).encode()), **headers)
        expect(status == 200 and found["Content-Type"] == "application/connect+json", f"{path} streams", f"{status} {found} {body}")
        return envelopes(body)


def envelope(text, flags=0):
    return struct.pack(">BI", flags, len(text)) + text


def envelopes(body):
    messages, at = [], 0
    while at < len(body):
        flags, size = struct.unpack_from(">BI", body, at)
        messages.append((flags, json.loads(body[at + 5:at + 5 + size])))
        at += 5 + size
    expect(at == len(body) and messages and messages[-1][0] == 2, "a stream of whole envelopes with an end", repr(body))
    return [message for flags, message in messages[:-1]], messages[-1][1]


def check_calls(service, client):
    """The same answers as over gRPC, and the same errors."""
    status, model = client.call(f"{MODELS}/CreateModel", {"model": {"modelId": "net", "displayName": "A net"}})
    expect(status == 200 and model["name"] == "models/net", "a model is made over HTTP", model)
    _, listed = client.call(f"{MODELS}/ListModels", {})
    shown = json.loads(service.works("models", "--json"))
    expect(listed["models"] == [model] == shown["models"], "ListModels answers as over gRPC", f"{listed} {shown}")
    body = client.refused(f"{MODELS}/GetModel", {"name": "models/no-such"}, 404, "not_found", "no-such")
    info = next(detail for detail in body["details"] if detail["type"] == "google.rpc.ErrorInfo")
    expect(info["debug"]["reason"] == "NOT_FOUND" and base64.b64decode(info["value"] + "==").find(b"NOT_FOUND") >= 0,
           "an error has its details", info)
    body = client.refused(f"{MODELS}/GetModel", {"name": "../../etc/passwd"}, 400, "invalid_argument", "")
    expect(any(detail["type"] == "google.rpc.BadRequest" for detail in body["details"]), "and names the field", body)
    events = service.works("admin", "audit", "--json")
    expect("CreateModel" in events and "http:127.0.0.1:" in events, "the audit log says where an HTTP call came from", events)


def check_refusals(client, address):
    stranger = Http(address)
    stranger.refused(f"{MODELS}/ListModels", {}, 401, "unauthenticated", "wants a token")
    Http(address, "ventral_" + "0" * 64).refused(f"{MODELS}/ListModels", {}, 401, "unauthenticated", "")
    client.refused(f"{MODELS}/NoSuchMethod", {}, 404, "unimplemented", "no method here")
    client.refused("/grpc.health.v1.Health/Check", {}, 404, "unimplemented", "no method here")
    client.refused("/ventral.v1.BlobService/UploadBlob", {}, 501, "unimplemented", "use gRPC")
    client.refused(f"{MODELS}/ListModels", {}, 415, "invalid_argument", "application/json", Content_Type="text/plain")
    client.refused(f"{MODELS}/ListModels", {"noSuchField": 1}, 400, "invalid_argument", "noSuchField")
    client.refused(f"{MODELS}/ListModels", {}, 400, "invalid_argument", "Timeout", Connect_Timeout_Ms="soon")
    client.refused(f"{MODELS}/ListModels", {}, 504, "deadline_exceeded", "", Connect_Timeout_Ms="0")
    # A worker's methods want a worker's token here, too.
    client.refused("/ventral.v1.WorkerService/LeaseJob", {}, 403, "permission_denied", "worker")


def check_hostile(client, address):
    """Each is refused, and the server goes on."""
    status, _, body = client.ask("POST", f"{MODELS}/ListModels", "{", Content_Type="application/json")
    expect(status == 400 and json.loads(body)["code"] == "invalid_argument", "broken JSON", body)
    deep = '{"model":' * 20000 + "{}" + "}" * 20000
    status, _, body = client.ask("POST", f"{MODELS}/CreateModel", deep, Content_Type="application/json")
    expect(status == 400, "JSON nested 20,000 deep", f"{status} {body[:300]}")
    status, _, body = client.ask("POST", f"{MODELS}/ListModels", b'{"pageToken":"\xff\xfe"}', Content_Type="application/json")
    expect(status == 400, "bytes that are no UTF-8", f"{status} {body[:300]}")
    bomb = gzip.compress(b" " * (256 << 20))
    status, _, body = client.ask("POST", f"{MODELS}/ListModels", bomb, Content_Type="application/json", Content_Encoding="gzip")
    expect(status == 501, "a body that would unpack to 256 MiB", f"{status} {body[:300]}")
    too_long = raw(address, f"POST {MODELS}/ListModels HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                            f"Content-Length: {LARGEST + 1}\r\n\r\n".encode())
    expect(b" 413 " in too_long.split(b"\r\n")[0], "a body that says it is too large", too_long[:200])
    long_path = raw(address, b"POST /" + b"a" * 100000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    expect(b" 414 " in long_path.split(b"\r\n")[0] or not long_path, "a path of 100,000 letters", long_path[:200])
    raw(address, b"POST /" + b"a(" * 3900 + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    raw(address, os.urandom(4096))
    # What a refused request leaves unread is never taken for a second one.
    smuggled = raw(address, b"POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 44\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" + b" " * 8)
    expect(smuggled.count(b"HTTP/1.1 ") == 1, "one answer to one request", smuggled)
    check_metadata(address)
    check_unhandled(address)
    check_endless(address)
    for body, says in ((b"", "enveloped"), (envelope(b"{}", flags=1), "flags"), (struct.pack(">BI", 0, 1 << 31), "length")):
        _, _, answer = client.ask("POST", f"{JOBS}/WatchJob", body, Content_Type="application/connect+json")
        messages, end = envelopes(answer)
        expect(not messages and end["error"]["code"] == "invalid_argument" and says in end["error"]["message"], f"a stream with {says}", end)
    status, _, body = client.ask("GET", "/healthz")
    expect(status == 200 and body == b"ok\n", "the server lives", f"{status} {body}")


def submit(service, file):
    """The name of a new job; no worker takes it."""
    queued = json.loads(service.works("submit", file, "--name", "net", "--pack", "simulated-cortex", "--json"))
    return queued["jobs"][0]["name"]


def check_watch(service, client, folder):
    """A stream follows a job to its end; one that nobody reads any more is ended by the server."""
    (folder / "net.pt2").write_bytes(b"no network")
    job = submit(service, folder / "net.pt2")
    found = {}

    def watch():
        found["messages"], found["end"] = client.stream(f"{JOBS}/WatchJob", {"name": job})

    thread = threading.Thread(target=watch)
    thread.start()
    left = Http(client.host + ":" + str(client.port), client.token).connect()
    left.request("POST", f"{JOBS}/WatchJob", body=envelope(json.dumps({"name": job}).encode()),
                 headers={"Authorization": f"Bearer {client.token}", "Content-Type": "application/connect+json"})
    left.getresponse()
    left.close()
    eventually(lambda: "JobService/WatchJob " in (service.logs / "ventral-server.log").read_text(), "a watch that nobody reads ends")
    status, cancelled = client.call(f"{JOBS}/CancelJob", {"name": job})
    expect(status == 200, "the job is cancelled over HTTP", cancelled)
    thread.join(timeout=60)
    states = [message["state"] for message in found["messages"]]
    expect(states[-1] == "JOB_STATE_CANCELLED" and found["end"] == {}, "the stream tells the job to its end", found)
    _, end = client.stream(f"{JOBS}/WatchJob", {"name": "jobs/00000000-0000-0000-0000-000000000000"})
    expect(end["error"]["code"] == "not_found", "a stream tells its error at the end", end)


def measure(client, name, **labels):
    status, headers, body = client.ask("GET", "/metrics")
    expect(status == 200 and headers["Content-Type"].startswith("text/plain; version=0.0.4"), "/metrics", f"{status} {headers}")
    for line in body.decode().splitlines():
        if line.startswith(name) and line[len(name)] in " {" and all(f'{key}="{value}"' in line for key, value in labels.items()):
            return float(line.rsplit(" ", 1)[1])
    return None


def check_measures(service, client):
    expect(measure(client, "ventral_database_up") == 1, "the database is up", "")
    before = measure(client, "ventral_queue_jobs", state="queued")
    job = submit(service, service.folder / "net.pt2")
    expect(measure(client, "ventral_queue_jobs", state="queued") == before + 1, "a job that waits is counted", job)
    expect(measure(client, "ventral_queue_oldest_seconds") >= 0, "and how long", "")
    expect(measure(client, "ventral_rpc_total", method=f"{MODELS}/GetModel", code="NOT_FOUND") == 1, "calls are counted by code", "")
    expect(measure(client, "ventral_rpc_seconds_count", method=f"{MODELS}/ListModels") >= 1, "and timed", "")
    expect(measure(client, "ventral_blob_bytes", kind="checkpoint") == len(b"no network"), "bytes of checkpoints", "")
    expect(measure(client, "ventral_blob_bytes", kind="pack") > 0, "bytes of packs", "")
    expect(measure(client, "ventral_database_connections_limit") == 8, "the pool", "")
    check_dashboard(service, client)


def check_dashboard(service, client):
    """Every measure that the dashboard asks for is there, and none is left out of it."""
    types = dict(re.findall("^# TYPE (ventral_[a-z_]+) ([a-z]+)", client.ask("GET", "/metrics")[2].decode(), re.MULTILINE))
    asked = re.findall("ventral_[a-z_]+", " ".join(target["expr"] for panel in json.loads(
        pathlib.Path(service.root, "deploy/grafana/ventral.json").read_text())["panels"] for target in panel["targets"]))
    whole = {name: re.sub("_(bucket|sum|count)$", "", name) for name in asked}
    asked = {whole[name] if types.get(whole[name]) == "histogram" else name for name in asked}
    expect(asked == set(types), "the dashboard shows every measure", f"{sorted(asked ^ set(types))}")


def check_readiness(service, client):
    """Alive without a database, and not ready."""
    service.postgres("stop", "--fast")
    eventually(lambda: client.ask("GET", "/readyz")[0] == 503, "no database: not ready")
    expect(client.ask("GET", "/healthz")[0] == 200, "but alive", "")
    expect(measure(client, "ventral_database_up") == 0, "and the measures say so", "")
    client.refused(f"{MODELS}/ListModels", {}, 503, "unavailable", "")
    service.postgres("start", "--fast")
    eventually(lambda: client.ask("GET", "/readyz")[0] == 200, "ready again")


def check_browsers(client):
    for origin, allowed in (("https://lab.example", True), ("https://evil.example", False)):
        status, headers, _ = client.ask("OPTIONS", f"{MODELS}/ListModels", Origin=origin, Access_Control_Request_Method="POST")
        expect(status == 204 and (headers.get("Access-Control-Allow-Origin") == origin) == allowed, f"{origin}: {allowed}", headers)
        _, headers, _ = client.ask("POST", f"{MODELS}/ListModels", "{}", Content_Type="application/json", Origin=origin)
        expect((headers.get("Access-Control-Allow-Origin") == origin) == allowed, f"{origin}: {allowed}", headers)


def check_tls(service, folder):
    """HTTPS with the server's certificate; a pair that does not fit is passed over, a good one taken."""
    address = (folder / "http").read_text().strip()
    context = ssl.create_default_context(cafile=str(service.ca / "ca.pem"))
    token = (folder / "admin-token").read_text().strip()
    client = Http(address, token, context)
    status, body = client.call(f"{MODELS}/ListModels", {})
    expect(status == 200, "a call over HTTPS", body)

    def serial():
        with socket.create_connection((client.host, client.port), timeout=30) as plain:
            with context.wrap_socket(plain, server_hostname=client.host) as connection:
                return int(connection.getpeercert()["serialNumber"], 16)

    expect(serial() == 7, "the certificate", "")
    whole = (service.tls / "server.key").read_bytes()
    (service.tls / "server.key").write_text("no key")
    time.sleep(2)  # the files are read again after 1 s
    expect(serial() == 7, "a pair that does not fit is passed over", "")
    (service.tls / "server.key").write_bytes(whole)
    service.make_certificate(service.ca, "server", 8)
    eventually(lambda: serial() == 8, "a new certificate is shown without a restart")


def main():
    root, programs, python = sys.argv[1:4]
    with tempfile.TemporaryDirectory(prefix="ventral-http-") as scratch:
        folder = pathlib.Path(scratch)
        folder.chmod(0o711)
        run([python, "-m", "ventral.simulated", folder / "made"], {**os.environ, "PYTHONPATH": f"{root}/client/python"})
        service = Service(root, programs, folder)
        service.make_ca(service.ca)
        service.make_certificate(service.ca, "server", 7)
        service.postgres("start", "--fast")
        try:
            service.database = service.postgres("url")
            run([f"{programs}/ventral-migrate", "up", "--database", service.database], service.clean)
            service.start_server("--http-listen", "127.0.0.1:0", "--http-address-file", folder / "http")
            check_tls(service, folder)
            service.stop()
            check_plain(service, folder)
        finally:
            service.stop()
            service.postgres("remove")
    print("JSON over HTTP holds")


def check_plain(service, folder):
    """The same without TLS, on loopback."""
    address, http_address = folder / "plain-address", folder / "plain-http"
    server = service.start("ventral-server", "--blobs", folder / "blobs", "--listen", "127.0.0.1:0", "--address-file", address, "--http-listen",
                           "127.0.0.1:0", "--http-address-file", http_address, "--http-origins", "https://lab.example", "--log-level", "debug",
                           "--drain-seconds", DRAIN_SECONDS, environment={"VENTRAL_DATABASE": service.database})
    eventually(lambda: address.exists(), "the server listens")
    service.address, service.ca = address.read_text().strip(), folder / "none"
    client = Http(http_address.read_text().strip(), (folder / "admin-token").read_text().strip())
    check_calls(service, client)
    check_refusals(client, http_address.read_text().strip())
    check_hostile(client, http_address.read_text().strip())
    check_browsers(client)
    service.works("pack", "publish", folder / "made/simulated-cortex")
    check_watch(service, client, folder)
    check_measures(service, client)
    check_readiness(service, client)
    check_stop(server, http_address.read_text().strip())


if __name__ == "__main__":
    main()
