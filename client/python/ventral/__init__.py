"""Ventral scores PyTorch networks against brains and behaviour: export a network, submit it, read its scores."""

from typing import TYPE_CHECKING, Any

from ventral.checkpoint import Card, Model
from ventral.errors import (ConflictError, CorruptDataError, InternalError, InvalidInputError, LimitError,
                            MismatchError, NotAllowedError, NotFoundError, RefusedError, UnavailableError, VentralError)
from ventral.preprocessing import Input, Preprocessing, Sampling

if TYPE_CHECKING:
    from ventral.client import Client, connect
    from ventral.exporter import export
    from ventral.job import Job, JobFailed, Jobs
    from ventral.kept_grams import Gram, KeptGrams, read_grams
    from ventral.reader import inspect
    from ventral.torchscript import export_torchscript

__version__ = "0.1.0"
__all__ = ["Card", "Client", "ConflictError", "CorruptDataError", "Gram", "Input", "InternalError", "InvalidInputError", "Job",
           "JobFailed", "Jobs", "KeptGrams", "LimitError", "MismatchError", "Model", "NotAllowedError", "NotFoundError",
           "Preprocessing", "RefusedError", "Sampling", "UnavailableError", "VentralError", "connect", "export",
           "export_torchscript", "inspect", "read_grams"]

# Loaded when they are first asked for: exporting needs no gRPC, and talking to a server no torch.
_WHERE = {"Client": "ventral.client", "connect": "ventral.client", "export": "ventral.exporter", "Job": "ventral.job",
          "JobFailed": "ventral.job", "Jobs": "ventral.job", "inspect": "ventral.reader",
          "export_torchscript": "ventral.torchscript", "Gram": "ventral.kept_grams", "KeptGrams": "ventral.kept_grams",
          "read_grams": "ventral.kept_grams"}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'ventral' has no attribute {name!r}")
    import importlib
    try:
        value = getattr(importlib.import_module(_WHERE[name]), name)
    except ModuleNotFoundError as error:
        if error.name is None or not error.name.startswith("ventral.v1"):
            raise
        raise ImportError("the package's gRPC code is made when it is installed: pip install client/python") from error
    globals()[name] = value
    return value
