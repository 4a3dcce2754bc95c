"""Where the server is, by the rules of the command `ventral` (client/lib/address.cc)."""

import os
import re
from collections.abc import Mapping

from ventral import config_file
from ventral.errors import InvalidInputError

DEFAULT = "127.0.0.1:7411"
_LONGEST_UNIX_PATH = 107  # sockaddr_un


def resolve(server: str | None = None, environment: Mapping[str, str] | None = None) -> str:
    """`server`, else VENTRAL_SERVER, else "server = …" of the config file, else the default.

    Raises InvalidInputError that names the source of an address that is none, or file and line of an unknown setting.
    """
    environment = os.environ if environment is None else environment
    address, source = _choose(server, environment)
    if _is_address(address):
        return address
    raise InvalidInputError(f"'{address}' (from {source}) is no address; write host:port, such as {DEFAULT}, "
                            "or unix:/path/of/socket")


def is_own_machine(server: str) -> bool:
    """Whether no network lies between."""
    host = server.rpartition(":")[0]
    return server.startswith("unix:") or host in ("localhost", "[::1]") or bool(re.fullmatch(r"127\.[0-9.]*", host))


def _choose(server: str | None, environment: Mapping[str, str]) -> tuple[str, str]:
    if server:
        return server, "the argument"
    if environment.get("VENTRAL_SERVER"):
        return environment["VENTRAL_SERVER"], "VENTRAL_SERVER"
    config = config_file.read(environment)
    if config.server:
        return config.server, str(config.file)
    return DEFAULT, "default"


def _is_address(server: str) -> bool:
    if any(ord(c) <= 32 or ord(c) == 127 for c in server):
        return False
    if server.startswith("unix:"):
        return 5 < len(server.encode()) <= 5 + _LONGEST_UNIX_PATH
    host, colon, port = server.rpartition(":")
    if not colon or not host or not re.fullmatch("[0-9]{1,5}", port) or not 0 < int(port) < 65536:
        return False
    if len(host) > 2 and host[0] == "[" and host[-1] == "]":
        return True
    return not any(c in "/:[]" for c in host)  # a bare IPv6 address would lose its last group to the port
