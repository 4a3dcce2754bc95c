"""S3 for tests: moto in a process, behind a check of every signature, with faults on demand.

Usage: s3_server.py start FOLDER | stop FOLDER | serve FOLDER
`start` returns when FOLDER/address has "host:port", or, where moto is not installed, "missing"; `serve` is what it starts. The server ends
with `stop`, and half an hour after its last request. FOLDER/tls-address has its second port, of HTTPS, with the certificate FOLDER/cert.pem.

moto looks at no signature, so this does, with botocore's own signing code (SigV4 for S3): of what a request says it has signed, of the
body's SHA-256, of the clock, and that no x-amz- header came unsigned. The keys are KEYS below.

Tests tell it what to do at /_control/WHAT, in JSON:
  bucket {name}                        makes one
  fault {match, method, do, times, …}  for the next `times` requests of this method whose "path?query" has the regular expression `match`:
      answer {status, code}            answers so, and does nothing
      lose                             does what was asked, and breaks the connection
      cut {bytes}                      sends so many bytes of the answer's body, and breaks the connection
      alter                            sends the body with its first byte changed
      lie {body}                       says 200, and does nothing
      wait                             does what was asked once `release` was asked for
  release {bucket}                     lets all go that wait for it
  damage {bucket, key, text}           puts other bytes there; its age stays
  age {bucket, match, hours}           makes what fits so much older
  state {bucket}                       its keys with sizes, its open uploads, requests that wait, and all requests since the last time
"""

import collections
import datetime
import hashlib
import io
import json
import logging
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.parse

KEYS = {"id": "AKIDFORTESTS", "secret": "secret/for+tests", "token": "token-of-a-session=="}
ACCOUNT = "123456789012"
IDLE_SECONDS = 1800


def signature_of(method, url, headers, scope, date, secret):
    """botocore's, of a request whose `headers` are all signed. `scope`: (region, service)."""
    import botocore.auth
    import botocore.awsrequest
    import botocore.credentials
    auth = botocore.auth.S3SigV4Auth(botocore.credentials.Credentials(KEYS["id"], secret), scope[1], scope[0])
    request = botocore.awsrequest.AWSRequest(method=method, url=url, headers=headers)
    request.context["timestamp"] = date
    return auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)


def refused_for(environ, body, region="us-east-1"):
    """Why S3 would refuse the request; None where it would not."""
    sent = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
    sent.update({"content-type": environ.get("CONTENT_TYPE", ""), "content-length": environ.get("CONTENT_LENGTH", "")})
    found = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?"
                         r"Signature=([0-9a-f]{64})", sent.get("authorization", ""))
    if not found:
        return "AccessDenied"
    key, day, scope_region, service, names, signature = found.groups()
    names = names.split(";")
    if key != KEYS["id"]:
        return "InvalidAccessKeyId"
    if (scope_region, service) != (region, "s3") or names != sorted(names) or "host" not in names:
        return "AuthorizationHeaderMalformed"
    if any(name.startswith("x-amz-") and name not in names for name in sent):
        return "AccessDenied"
    now, date = datetime.datetime.now(datetime.timezone.utc), sent.get("x-amz-date", "")
    if not date.startswith(day) or abs((now - datetime.datetime.strptime(date + "+0000", "%Y%m%dT%H%M%SZ%z")).total_seconds()) > 900:
        return "RequestTimeTooSkewed"
    if sent.get("x-amz-security-token") not in (None, KEYS["token"]):
        return "InvalidToken"
    if sent.get("x-amz-content-sha256") != hashlib.sha256(body).hexdigest():
        return "XAmzContentSHA256Mismatch"
    expected = signature_of(environ["REQUEST_METHOD"], f"http://{sent['host']}{environ['RAW_URI']}",
                            {name: sent.get(name, "") for name in names}, (scope_region, service), date, KEYS["secret"])
    return None if expected == signature else "SignatureDoesNotMatch"


def error(code):
    """As no store should say it: with a secret in its words."""
    return f"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>{KEYS['secret']}</Message></Error>".encode()


class Cut(Exception):
    """Ends a connection in the middle."""


class Front:
    """The WSGI application before moto's."""

    def __init__(self, moto):
        self.moto, self.lock, self.go = moto, threading.Condition(), collections.Counter()
        self.faults, self.requests, self.waiting, self.last = [], [], collections.Counter(), time.monotonic()

    def __call__(self, environ, start_response):
        self.last = time.monotonic()
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if environ["PATH_INFO"].startswith("/_control/"):
            answer = getattr(self, "do_" + environ["PATH_INFO"].removeprefix("/_control/"))(**json.loads(body or b"{}"))
            return self.say(start_response, "200 OK", json.dumps(answer).encode(), "application/json")
        refusal = refused_for(environ, body)
        target = environ["RAW_URI"]
        with self.lock:
            self.requests.append(f"{environ['REQUEST_METHOD']} {target}" + (f" refused: {refusal}" if refusal else ""))
        if refusal:
            return self.say(start_response, "403 Forbidden", error(refusal))
        environ["wsgi.input"] = io.BytesIO(body)
        fault = self.fault_of(environ["REQUEST_METHOD"], urllib.parse.unquote(target))
        if not fault:
            return self.moto(environ, start_response)
        return getattr(self, "fault_" + fault["do"])(environ, start_response, fault)

    @staticmethod
    def say(start_response, status, body, kind="application/xml", **headers):
        start_response(status, [("Content-Type", kind), ("Content-Length", str(len(body))), *headers.items()])
        return [body]

    def fault_of(self, method, target):
        with self.lock:
            for fault in self.faults:
                if fault["method"] == method and fault["times"] > 0 and re.search(fault["match"], target):
                    fault["times"] -= 1
                    return fault
        return None

    def asked(self, environ):
        """moto's answer: status, headers, whole body."""
        head = {}
        body = b"".join(self.moto(environ, lambda status, headers, _=None: head.update(status=status, headers=headers)))
        return head["status"], head["headers"], body

    def fault_answer(self, _, start_response, fault):
        return self.say(start_response, f"{fault['status']} Fault", error(fault["code"]))

    def fault_lose(self, environ, start_response, _):
        self.asked(environ)
        return self.sends_in_part(start_response, "200 OK", [("Content-Length", "1000")], b"")

    def fault_cut(self, environ, start_response, fault):
        status, headers, body = self.asked(environ)
        return self.sends_in_part(start_response, status, headers, body[:fault["bytes"]])

    @staticmethod
    def sends_in_part(start_response, status, headers, body):
        start_response(status, headers)
        yield body
        raise Cut

    def fault_alter(self, environ, start_response, _):
        status, headers, body = self.asked(environ)
        start_response(status, headers)
        return [bytes([body[0] ^ 1]) + body[1:]]

    def fault_lie(self, _, start_response, fault):
        return self.say(start_response, "200 OK", fault.get("body", "").encode(), ETag='"0123456789abcdef0123456789abcdef"')

    def fault_wait(self, environ, start_response, _):
        bucket = environ["PATH_INFO"].split("/")[1]
        with self.lock:
            self.waiting[bucket] += 1
            before = self.go[bucket]
            self.lock.wait_for(lambda: self.go[bucket] > before, timeout=120)
            self.waiting[bucket] -= 1
        return self.moto(environ, start_response)

    # What tests ask for.

    @staticmethod
    def bucket_of(name):
        from moto.s3.models import s3_backends
        return s3_backends[ACCOUNT]["aws"].get_bucket(name)

    @staticmethod
    def do_bucket(name):
        from moto.s3.models import s3_backends
        s3_backends[ACCOUNT]["aws"].create_bucket(name, "us-east-1")

    def do_fault(self, **fault):
        with self.lock:
            self.faults.append({"times": 1, "method": "GET", **fault})

    def do_release(self, bucket):
        with self.lock:
            self.go[bucket] += 1
            self.lock.notify_all()

    def do_damage(self, bucket, key, text):
        found = self.bucket_of(bucket).keys[key]
        modified = found.last_modified
        found.value = text.encode()
        found.last_modified = modified

    def do_age(self, bucket, match, hours):
        for name, key in list(self.bucket_of(bucket).keys.items()):
            if re.search(match, name):
                key.last_modified -= datetime.timedelta(hours=hours)

    def do_state(self, bucket):
        found = self.bucket_of(bucket)
        with self.lock:
            mine = [line for line in self.requests if f"/{bucket}" in line]
            self.requests = [line for line in self.requests if f"/{bucket}" not in line]
        return {"keys": {name: key.size for name, key in list(found.keys.items())}, "uploads": len(found.multiparts),
                "waiting": self.waiting[bucket], "requests": mine}


def serve(folder):
    address = folder / "address"
    os.environ["S3_UPLOAD_PART_MIN_SIZE"] = "1024"  # S3's is 5 MiB; tests are small
    try:
        from moto.server import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
        from werkzeug.serving import make_server
    except ImportError:
        publish(address, "missing")
        return
    logging.getLogger("werkzeug").setLevel(logging.ERROR)

    class Quiet(MotoRequestHandler):
        def log(self, *_):
            pass

        def log_error(self, *_):
            pass

    front = Front(DomainDispatcherApplication(create_backend_app))
    for name, pair in (("tls-address", certificate(folder)), ("address", None)):
        server = make_server("127.0.0.1", 0, front, threaded=True, request_handler=Quiet, ssl_context=pair)
        server.log = lambda *_: None
        threading.Thread(target=server.serve_forever, daemon=True).start()
        publish(folder / name, f"127.0.0.1:{server.server_port}")
    while time.monotonic() - front.last < IDLE_SECONDS:
        time.sleep(5)


def certificate(folder):
    """Of 127.0.0.1, signed by itself."""
    files = folder / "cert.pem", folder / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
                    "subjectAltName=IP:127.0.0.1", "-keyout", files[1], "-out", files[0]], check=True, capture_output=True)
    return files


def publish(file, text):
    new = file.with_suffix(".new")
    new.write_text(text)
    os.replace(new, file)


def stop(folder):
    pid = folder / "pid"
    if pid.exists():
        number = int(pid.read_text())
        try:
            if b"s3_server.py" in pathlib.Path(f"/proc/{number}/cmdline").read_bytes():
                os.kill(number, signal.SIGTERM)
        except (ProcessLookupError, FileNotFoundError):
            pass
        pid.unlink()
    (folder / "address").unlink(missing_ok=True)


def start(folder):
    folder.mkdir(parents=True, exist_ok=True)
    stop(folder)
    with open(folder / "log", "w") as log:
        child = subprocess.Popen([sys.executable, __file__, "serve", folder], start_new_session=True, stdin=subprocess.DEVNULL, stdout=log,
                                 stderr=log)
    (folder / "pid").write_text(str(child.pid))
    deadline = time.monotonic() + 120
    while not (folder / "address").exists():
        if child.poll() is not None or time.monotonic() > deadline:
            sys.exit(f"the server of S3 did not start; {folder}/log says why")
        time.sleep(0.05)
    print((folder / "address").read_text())


if __name__ == "__main__":
    {"start": start, "stop": stop, "serve": serve}[sys.argv[1]](pathlib.Path(sys.argv[2]))
