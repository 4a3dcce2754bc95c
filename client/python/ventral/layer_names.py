"""Names of layers as the reader has them (docs/checkpoints.md): a module's path, or path..element for each of several tensors."""

import functools
import json
import re
from typing import Any

import torch
from torch.utils import _pytree as pytree


def join(path: str, element: str) -> str:
    return f"{path}..{element}" if element else path


def split(layer: str) -> tuple[str, str]:
    """Module path and element; "" where the module returns one tensor."""
    path, _, element = layer.partition("..")
    return path, element


def tensors(returned: Any) -> dict[str, torch.Tensor]:
    """The tensors in what a module returned, by element: "" for one tensor, "0", "1.0", "logits" in a tuple or dict."""
    leaves, spec = pytree.tree_flatten(returned)
    try:
        tree = json.loads(pytree.treespec_dumps(spec))[1]  # what the archive states, and the reader reads
        names = _leaf_names(tree, "")
    except (NotImplementedError, ValueError, TypeError):
        return {}  # torch.export cannot state it either
    return {name: leaf for name, leaf in zip(names, leaves, strict=True) if isinstance(leaf, torch.Tensor)}


def _leaf_names(spec: dict[str, Any], prefix: str) -> list[str]:
    """As AppendLeaves of scoring/network/torch_returned.cc."""
    kind, children = spec["type"], spec["children_spec"]
    if kind is None:
        return [prefix]
    keyed = kind.endswith(("dict", "Dict"))
    keys = json.loads(spec["context"]) if keyed else range(len(children))
    if keyed and not isinstance(keys, list):
        raise ValueError(f"{kind} has no list of keys")
    return [leaf for key, child in zip(keys, children, strict=True)
            for leaf in _leaf_names(child, f"{prefix}.{key}" if prefix else str(key))]


def is_pattern(text: str) -> bool:
    return any(letter in text for letter in "*?[")


def matches(pattern: str, layer: str) -> bool:
    """As MatchesLayer of scoring/network/layer_selection.h: *, ? and […] match within one module name, ** all layers."""
    return pattern in ("**", layer) or _compiled(pattern).fullmatch(layer) is not None


@functools.cache
def _compiled(pattern: str) -> re.Pattern[str]:
    parts, at = [], 0
    while at < len(pattern):
        end = pattern.find("]", at + 2) if pattern[at] == "[" else -1
        if end > 0:
            inner = pattern[at + 1:end]
            negated = inner[0] in "!^"
            letters = re.sub(r"([\\\[\]^&~|])", r"\\\1", inner[1:] if negated else inner)
            parts.append(rf"(?!\.)[{'^' if negated else ''}{letters}]")
            at = end
        else:
            parts.append({"*": "[^.]*", "?": "[^.]"}.get(pattern[at], re.escape(pattern[at])))
        at += 1
    return re.compile("".join(parts))
