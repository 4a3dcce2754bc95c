"""Exports PyTorch networks so that Ventral can score them against brains and behaviour."""

from ventral.checkpoint import Preprocessing
from ventral.export import export

__version__ = "0.1.0"
__all__ = ["Preprocessing", "export"]
