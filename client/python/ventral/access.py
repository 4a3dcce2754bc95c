"""Which token and certificates go to a server, by the rules of the command `ventral` (client/lib/credentials.cc)."""

import dataclasses
import os
import pathlib
from collections.abc import Mapping

import grpc

from ventral import address, config_file
from ventral.errors import InvalidInputError, NotAllowedError, NotFoundError, UnavailableError

_PREFIX = "ventral_"
_SYSTEM_CA = "/etc/ssl/certs/ca-certificates.crt"


@dataclasses.dataclass(frozen=True)
class Access:
    """token: sent with each call; empty: none. tls_*: files (PEM); tls_ca: "system" for the system's, empty: no TLS."""

    token: str = dataclasses.field(default="", repr=False)
    tls_ca: str = ""
    tls_cert: str = ""
    tls_key: str = ""

    def credentials(self) -> grpc.ChannelCredentials | None:
        """None without TLS. Raises InvalidInputError that names a file that cannot be read."""
        if not self.tls_ca:
            return None
        ca = _read(_SYSTEM_CA if self.tls_ca == "system" else self.tls_ca)
        if not self.tls_cert:
            return grpc.ssl_channel_credentials(ca)
        return grpc.ssl_channel_credentials(ca, _read(self.tls_key), _read(self.tls_cert))


def resolve(server: str, *, token: str | None = None, token_file: str | os.PathLike[str] | None = None,
            tls_ca: str | None = None, tls_cert: str | None = None, tls_key: str | None = None, insecure: bool = False,
            environment: Mapping[str, str] | None = None) -> Access:
    """What is given, else VENTRAL_TOKEN, VENTRAL_TOKEN_FILE, VENTRAL_TLS_CA, VENTRAL_TLS_CERT, VENTRAL_TLS_KEY, else
    the configuration file where it is about this server.

    Raises InvalidInputError, NotFoundError, and NotAllowedError where the token could be read by others.
    """
    environment = os.environ if environment is None else environment
    config = config_file.read(environment)
    if (config.server or address.DEFAULT) != server:
        config = config_file.Config()
    found = Access(_token(token, token_file, environment, config),
                   tls_ca or environment.get("VENTRAL_TLS_CA") or config.tls_ca,
                   tls_cert or environment.get("VENTRAL_TLS_CERT") or config.tls_cert,
                   tls_key or environment.get("VENTRAL_TLS_KEY") or config.tls_key)
    _check(server, found, insecure or bool(environment.get("VENTRAL_INSECURE")))
    return found


def _token(token: str | None, file: str | os.PathLike[str] | None, environment: Mapping[str, str],
           config: config_file.Config) -> str:
    if token:
        return _checked(token, "token")
    if file:
        return _from_file(pathlib.Path(file))
    if environment.get("VENTRAL_TOKEN"):
        return _checked(environment["VENTRAL_TOKEN"], "VENTRAL_TOKEN")
    if environment.get("VENTRAL_TOKEN_FILE"):
        return _from_file(pathlib.Path(environment["VENTRAL_TOKEN_FILE"]))
    if config.token:
        return _checked(config.token, str(config.file))
    return _from_file(pathlib.Path(config.token_file)) if config.token_file else ""


def _from_file(file: pathlib.Path) -> str:
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError as error:
        raise NotFoundError(f"there is no file {file}") from error
    except OSError as error:
        raise UnavailableError(f"cannot read {file}") from error
    config_file.refuse_world_readable(file)
    return _checked(text.rstrip("\r\n"), str(file))


def _checked(token: str, source: str) -> str:
    if token.startswith(_PREFIX) and all(32 < ord(c) < 127 for c in token):
        return token
    raise InvalidInputError(f"{source} holds no token: one is a single word that begins with '{_PREFIX}'")


def _check(server: str, access: Access, insecure: bool) -> None:
    if bool(access.tls_cert) != bool(access.tls_key):
        raise InvalidInputError("tls_cert and tls_key go together: give both, or neither")
    if access.tls_cert and not access.tls_ca:
        raise InvalidInputError("tls_cert wants tls_ca beside it: the file of the CA that signed the server's "
                                "certificate, or 'system'")
    if access.token and not access.tls_ca and not insecure and not address.is_own_machine(server):
        raise NotAllowedError(f"the token would cross the network to {server} in the clear: give tls_ca (the file of the "
                              "CA that signed the server's certificate, or 'system'), or insecure=True if that is meant")


def _read(file: str) -> bytes:
    try:
        return pathlib.Path(file).read_bytes()
    except OSError as error:
        raise InvalidInputError(f"cannot read the certificate or key {file}") from error
