"""What an attack stands on: the list of attacks, and the victim as an attacker sees it."""

import http.client
import importlib
import json
import pathlib

import grpc

ATTACKS = {}
LARGEST = 64 << 20        # of a message over gRPC
LARGEST_BODY = 8 << 20    # of a request over HTTP
OPTIONS = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1), ("grpc.enable_http_proxy", 0),
           ("grpc.use_local_subchannel_pool", 1)]
# What gRPC itself says of a connection that the server had to close.
CLOSED = "UNAVAILABLE"


def attack(name, allowed, seconds=4):
    """`allowed`: every status that may come back. `seconds`: how long the test goes on with it."""
    def add(function):
        ATTACKS[name] = function
        function.allowed, function.seconds = set(allowed), seconds
        return function
    return add


class Seen:
    """What an attacker knows of the victim, and how it calls it."""

    def __init__(self, file):
        self.__dict__.update(json.loads(pathlib.Path(file).read_text()))
        self._channel = self.channel()

    def channel(self):
        return grpc.insecure_channel(self.grpc, options=OPTIONS)

    def metadata(self, role):
        token = self.tokens.get(role, role)
        return (("authorization", f"Bearer {token}"),) if token else ()

    def message(self, kind, /, **fields):
        for file in ("admin", "blob", "job", "model", "pack", "score", "worker", "worker_pool"):
            module = importlib.import_module(f"ventral.v1.{file}_pb2")
            if hasattr(module, kind):
                return getattr(module, kind)(**fields)
        raise KeyError(kind)

    def bytes(self, role, service, method, request, channel=None, **options):
        """The status of a unary call with these bytes."""
        call = (channel or self._channel).unary_unary(f"/ventral.v1.{service}/{method}")
        return status_of(lambda: call(request, metadata=self.metadata(role), timeout=60, **options))

    def call(self, role, service, method, request, channel=None, /, **fields):
        return self.bytes(role, service, method, self.message(request, **fields).SerializeToString(), channel)

    def post(self, path, body, role="submitter", timeout=30, **headers):
        """HTTP status of a request; "closed" where none came."""
        connection = http.client.HTTPConnection(self.http, timeout=timeout)
        try:
            connection.request("POST", path, body=body, headers={"Content-Type": "application/json", **{
                name.replace("_", "-"): value for name, value in self.metadata(role)}, **{
                name.replace("_", "-"): value for name, value in headers.items()}})
            return f"HTTP {connection.getresponse().status}"
        except (OSError, http.client.HTTPException):
            return "closed"
        finally:
            connection.close()


def status_of(call):
    try:
        call()
        return "OK"
    except grpc.RpcError as error:
        return error.code().name


def at_least_once(over):
    """For attacks that take long to prepare."""
    yield
    while not over():
        yield


def name_of_status(number):
    return next((code.name for code in grpc.StatusCode if code.value[0] == number), f"no answer ({number})")
