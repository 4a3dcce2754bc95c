"""A channel to the server: calls with a deadline, and what their status means (client/lib/call_error.cc)."""

import uuid
from collections.abc import Callable
from typing import Any, TypeVar

import grpc

from ventral import address, errors
from ventral.access import Access

Reply = TypeVar("Reply")

CALL_SECONDS = 60.0
RETRY_SECONDS = 5.0  # a server that is restarted is back within this
_OPTIONS = [
    ("grpc.initial_reconnect_backoff_ms", 200), ("grpc.max_reconnect_backoff_ms", 2000),
    # A server that vanished without a word is noticed within half a minute, even by a quiet stream.
    ("grpc.keepalive_time_ms", 20_000), ("grpc.keepalive_timeout_ms", 10_000), ("grpc.http2.max_pings_without_data", 0),
    # A report may hold every neuroid of every layer.
    ("grpc.max_receive_message_length", 256 << 20)]


class Channel:
    """Thread-safe. Does not connect before the first call."""

    def __init__(self, server: str, access: Access | None = None) -> None:
        access = access or Access()
        self.server = server
        credentials = access.credentials()
        # A proxy (http_proxy) is asked only where TLS hides the token from it, and never for this machine.
        direct = credentials is None or address.is_own_machine(server)
        options = [*_OPTIONS, *([("grpc.enable_http_proxy", 0)] if direct else [])]
        self._plain = (grpc.insecure_channel(server, options=options) if credentials is None
                       else grpc.secure_channel(server, credentials, options=options))
        self._channel = grpc.intercept_channel(self._plain, _SendToken(access.token)) if access.token else self._plain

    def close(self) -> None:
        self._plain.close()

    def stub(self, kind: Callable[[grpc.Channel], Any]) -> Any:
        return kind(self._channel)

    def once(self, method: Callable[..., Reply], request: object,
             seconds: float | None = CALL_SECONDS) -> Reply:
        """The reply of a unary call. Raises VentralError."""
        try:
            return method(request, timeout=seconds)
        except grpc.RpcError as error:
            raise self.error(error) from None

    def twice(self, method: Callable[..., Reply], request: object) -> Reply:
        """As `once`, asked once more when the connection broke: for requests that read, or have a request id."""
        try:
            return self.once(method, request)
        except errors.UnavailableError:
            if not self.await_server(RETRY_SECONDS):
                raise
            return self.once(method, request)

    def await_server(self, seconds: float) -> bool:
        """Waits until the server can be connected to; False when it cannot within this time."""
        try:
            grpc.channel_ready_future(self._plain).result(timeout=seconds)
        except grpc.FutureTimeoutError:
            return False
        return True

    def error(self, failed: grpc.RpcError) -> errors.VentralError:
        """The server's own message; where none answered, what to do about it."""
        code, details = _status(failed)
        if is_busy(failed):
            return errors.BusyError(details, code)
        if is_servers_word(failed):
            return errors.of_status(code, details)
        if code == "UNIMPLEMENTED":
            return errors.InternalError(f"what answers at {self.server} is no Ventral server, or one of another version",
                                        code)
        if code == "DEADLINE_EXCEEDED":
            return errors.of_status(code, f"the Ventral server at {self.server} does not answer in time; try again later")
        # A connection that broke is UNKNOWN to gRPC when the answer had begun.
        if code not in ("UNAVAILABLE", "CANCELLED", "UNKNOWN"):
            return errors.of_status(code, details)
        return errors.UnavailableError(
            f"cannot reach the Ventral server at {self.server}: is it running? Start one with deploy/quickstart.sh, or "
            f"name another with VENTRAL_SERVER or ventral.connect(server) ({details})", code)


class _Details(grpc.ClientCallDetails):  # type: ignore[misc]
    """Those of a call, with other metadata."""

    def __init__(self, call: grpc.ClientCallDetails, metadata: list[tuple[str, str]]) -> None:
        for name in ("method", "timeout", "credentials", "wait_for_ready", "compression"):
            setattr(self, name, getattr(call, name, None))
        self.metadata = metadata


class _SendToken(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor,  # type: ignore[misc]
                 grpc.StreamUnaryClientInterceptor):
    """Sends the token with each call: gRPC's own call credentials do so with TLS only."""

    def __init__(self, token: str) -> None:
        self._entry = ("authorization", f"Bearer {token}")

    def _with_token(self, call: grpc.ClientCallDetails) -> _Details:
        return _Details(call, [*(call.metadata or ()), self._entry])

    def intercept_unary_unary(self, go_on: Any, call: grpc.ClientCallDetails, request: Any) -> Any:
        return go_on(self._with_token(call), request)

    intercept_unary_stream = intercept_unary_unary
    intercept_stream_unary = intercept_unary_unary


def is_cut(failed: grpc.RpcError | None) -> bool:
    """Whether a stream that ended so may be opened again. None: it ended well, before the job did."""
    if failed is None:
        return True
    code, _ = _status(failed)
    if code in ("UNKNOWN", "INTERNAL"):  # an HTTP/2 stream that was reset
        return not is_servers_word(failed)
    # RESOURCE_EXHAUSTED: as many watch as the server lets.
    return code in ("UNAVAILABLE", "DEADLINE_EXCEEDED", "CANCELLED", "RESOURCE_EXHAUSTED")


def is_servers_word(failed: grpc.RpcError) -> bool:
    """Whether a Ventral server said so, and not the connection.

    It adds a google.rpc.ErrorInfo whose field 2, the domain, is "ventral"; looked for in the encoded message, because
    its Python classes would be one more dependency.
    """
    found = _rich_details(failed)
    return b"type.googleapis.com/google.rpc.ErrorInfo" in found and b"\x12\x07ventral" in found


def is_busy(failed: grpc.RpcError) -> bool:
    """Whether the server has no room now: RESOURCE_EXHAUSTED with a google.rpc.RetryInfo. Other limits stay."""
    return _status(failed)[0] == "RESOURCE_EXHAUSTED" and b"type.googleapis.com/google.rpc.RetryInfo" in _rich_details(failed)


def _rich_details(failed: grpc.RpcError) -> bytes:
    metadata: Any = (failed.trailing_metadata() if isinstance(failed, grpc.Call) else None) or ()
    for key, value in metadata:
        if key == "grpc-status-details-bin" and isinstance(value, bytes):
            return value
    return b""


def new_request_id() -> str:
    """So that a creation that is asked twice happens once."""
    return uuid.uuid4().hex


def _status(failed: grpc.RpcError) -> tuple[str, str]:
    if isinstance(failed, grpc.Call):
        return failed.code().name, failed.details() or ""
    return "UNKNOWN", str(failed)
