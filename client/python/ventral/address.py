"""Where the server is, by the rules of the command `ventral` (client/lib/address.cc)."""

import os
import pathlib
import re
from collections.abc import Mapping

from ventral.errors import InvalidInputError, UnavailableError

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


def config_file(environment: Mapping[str, str]) -> pathlib.Path | None:
    """$XDG_CONFIG_HOME/ventral/config, else ~/.config/ventral/config; None without a home."""
    if environment.get("XDG_CONFIG_HOME"):
        return pathlib.Path(environment["XDG_CONFIG_HOME"], "ventral", "config")
    if environment.get("HOME"):
        return pathlib.Path(environment["HOME"], ".config", "ventral", "config")
    return None


def _choose(server: str | None, environment: Mapping[str, str]) -> tuple[str, str]:
    if server:
        return server, "the argument"
    if environment.get("VENTRAL_SERVER"):
        return environment["VENTRAL_SERVER"], "VENTRAL_SERVER"
    file = config_file(environment)
    if file is not None and file.exists():
        configured = _server_in(file)
        if configured:
            return configured, str(file)
    return DEFAULT, "default"


def _server_in(file: pathlib.Path) -> str:
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise UnavailableError(f"cannot read the configuration file {file}") from error
    server = ""
    for number, line in enumerate(text.split("\n"), start=1):
        line = line.split("#", 1)[0].strip(" \t\r")
        if not line:
            continue
        key, equals, value = line.partition("=")
        key = key.strip(" \t\r")
        if not equals or key != "server":
            raise InvalidInputError(f"{file}, line {number}: '{key}' is no setting; write: server = host:port")
        server = value.strip(" \t\r")
    return server


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
