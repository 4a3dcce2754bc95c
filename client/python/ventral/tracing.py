"""A network as a program of torch.export."""

import warnings
from collections.abc import Sequence

import torch

from ventral import modules

# Where a network cannot take any number of images at once, it is written for this many.
_STATIC_BATCH = 16


def trace(net: torch.nn.Module, example: torch.Tensor,
          seen: dict[str, modules.ModuleCalls]) -> tuple[torch.export.ExportedProgram, int]:
    """The program, and how many images at once it takes: those of `example`, or _STATIC_BATCH."""
    called = [path for path, calls in seen.items() if calls.calls]
    plain = [path for path in called if not seen[path].passes_integers]
    try:
        return _export(net, example, called, dynamic=True), example.shape[0]
    except Exception as error:  # torch.export has no common base class for its errors
        first = error
    # A module that is handed a size keeps no signature; its output is then inferred when it is read.
    if plain != called:
        try:
            program = _export(net, example, plain, dynamic=True)
            left_out = ", ".join(path for path in called if path not in plain)
            warnings.warn(f"outputs of these modules, which take or return integers, are inferred: {left_out}")
            return program, example.shape[0]
        except Exception:  # reported below, with the first
            pass
    try:
        many = example[torch.arange(_STATIC_BATCH) % example.shape[0]]
        program = _export(net, many, plain, dynamic=False)
    except Exception as error:
        raise ValueError(f"torch.export cannot write this network: {first}") from error
    warnings.warn(f"the network does not take any number of images at once; it is written for {_STATIC_BATCH}: {first}")
    return program, _STATIC_BATCH


def _export(net: torch.nn.Module, example: torch.Tensor, signatures: Sequence[str],
            dynamic: bool) -> torch.export.ExportedProgram:
    shapes = ({0: torch.export.Dim("batch")},) if dynamic else None
    with torch.no_grad():
        return torch.export.export(net, (example,), dynamic_shapes=shapes, strict=False,
                                   preserve_module_call_signature=tuple(signatures))
