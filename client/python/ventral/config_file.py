"""The configuration file of a person, as the command `ventral` reads it (client/lib/config_file.cc)."""

import dataclasses
import pathlib
import stat
from collections.abc import Mapping

from ventral.errors import InvalidInputError, NotAllowedError, UnavailableError

_FILES = ("token_file", "tls_ca", "tls_cert", "tls_key")


@dataclasses.dataclass
class Config:
    """Empty where the file says nothing. All but `server` are for that server: no other gets the token."""

    file: pathlib.Path | None = None  # None where there is none
    server: str = ""
    token: str = dataclasses.field(default="", repr=False)
    token_file: str = ""
    tls_ca: str = ""
    tls_cert: str = ""
    tls_key: str = ""


def locate(environment: Mapping[str, str]) -> pathlib.Path | None:
    """$VENTRAL_CONFIG, else $XDG_CONFIG_HOME/ventral/config, else ~/.config/ventral/config; None without a home."""
    if environment.get("VENTRAL_CONFIG"):
        return pathlib.Path(environment["VENTRAL_CONFIG"])
    if environment.get("XDG_CONFIG_HOME"):
        return pathlib.Path(environment["XDG_CONFIG_HOME"], "ventral", "config")
    if environment.get("HOME"):
        return pathlib.Path(environment["HOME"], ".config", "ventral", "config")
    return None


def read(environment: Mapping[str, str]) -> Config:
    """It need not exist, unless VENTRAL_CONFIG names it. A relative file is relative to the configuration file.

    Raises InvalidInputError that names file and line of an unknown setting, UnavailableError, NotAllowedError.
    """
    file = locate(environment)
    if file is None or not (environment.get("VENTRAL_CONFIG") or file.exists()):
        return Config()
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise UnavailableError(f"cannot read the configuration file {file}") from error
    config = Config(file=file)
    for number, line in enumerate(text.split("\n"), start=1):
        line = line.split("#", 1)[0].strip(" \t\r")
        if line:
            _read_line(config, file, number, line)
    if config.token:
        refuse_world_readable(file)
    return config


def refuse_world_readable(file: pathlib.Path) -> None:
    """For a file with a secret. Raises NotAllowedError that says what to do."""
    if file.stat().st_mode & stat.S_IROTH:
        raise NotAllowedError(f"every user of this machine can read the token in {file}: chmod 600 {file}")


def _read_line(config: Config, file: pathlib.Path, number: int, line: str) -> None:
    key, equals, value = line.partition("=")
    key, value = key.strip(" \t\r"), value.strip(" \t\r")
    if not equals or key not in ("server", "token", *_FILES):
        raise InvalidInputError(f"{file}, line {number}: '{key}' is no setting; write: server = host:port, token = …, "
                                "token_file = FILE, tls_ca = FILE, tls_cert = FILE, tls_key = FILE")
    if key in _FILES and value and value != "system":
        value = str(file.parent / value)
    setattr(config, key, value)
