"""What can go wrong, in the server's own words."""


class VentralError(Exception):
    """Any error of Ventral. `code` is the gRPC status ("NOT_FOUND"), or "CLIENT" where no server was asked."""

    def __init__(self, message: str, code: str = "CLIENT") -> None:
        super().__init__(message)
        self.message = message
        self.code = code


class InvalidInputError(VentralError, ValueError):
    """A file, name or value is wrong; the message names it."""


class NotFoundError(VentralError, LookupError):
    """There is no such model, checkpoint, pack, benchmark, job or score."""


class ConflictError(VentralError):
    """It exists already with other content, or is in a state that forbids the request."""


class UnavailableError(VentralError, ConnectionError):
    """No answer from the server, or it cannot answer now."""


class BusyError(UnavailableError):
    """The server has no room for the call now, and will have some in a moment."""


class LimitError(VentralError):
    """Larger, or more, than the server takes."""


class CorruptDataError(VentralError):
    """Stored bytes do not match their digest."""


class NotAllowedError(VentralError):
    """The server does not let this caller do it."""


class InternalError(VentralError):
    """A defect of the server, or what answers is no Ventral server."""


class RefusedError(InvalidInputError):
    """The service would refuse this checkpoint; the message is what it would say."""


class MismatchError(VentralError, ValueError):
    """An exported file does not compute what the network does; the message names the module."""


# As client/lib/call_error.cc.
_KINDS: dict[str, type[VentralError]] = {
    "INVALID_ARGUMENT": InvalidInputError, "OUT_OF_RANGE": InvalidInputError, "NOT_FOUND": NotFoundError,
    "ALREADY_EXISTS": ConflictError, "FAILED_PRECONDITION": ConflictError, "RESOURCE_EXHAUSTED": LimitError,
    "UNAVAILABLE": UnavailableError, "DEADLINE_EXCEEDED": UnavailableError, "CANCELLED": UnavailableError,
    "DATA_LOSS": CorruptDataError, "PERMISSION_DENIED": NotAllowedError, "UNAUTHENTICATED": NotAllowedError}


def of_status(code: str, message: str) -> VentralError:
    """The error that a gRPC status stands for."""
    return _KINDS.get(code, InternalError)(message, code)
