"""The text of docs/operators.md."""

import collections
import re
import textwrap

import torch

import operator_families

HEAD = """\
# Operators: which a checkpoint may use, and which are refused

Written by `tests/conformance/network_operators.py`; the test `conformance.operators` fails when this page is not what it writes. To write it again:

    python tests/conformance/network_operators.py scoring/network/operators.txt --models ../shared/models --write docs/operators.md

## How the allow-list is made

`scoring/network/operators.txt` is compiled into the reader. It has `name.overload` of `torch.ops.aten`, one a line; a graph that names any other
operator is refused, with the operator, its node and its module, and nothing is run. A line is there because a person reviewed the operator and found that it

- reads its arguments and returns its result, or writes into its first argument where a module of `torch.nn` or `x += y` does so;
- checks its sizes and indices itself, so that numbers which lie end in an error;
- reaches no file, no library, no device and no memory but that of its arguments and its result;
- draws no random numbers, or is known to `scoring/network/torch_sampling.cc`, which refuses it where no seed is stated.

Tests hold the list against LibTorch's own schemas (`tests/unit/network/operators_test.cc`). To add an operator: a network in
`tests/conformance/architectures` that uses it and equals eager PyTorch, the line, and this page.

Beside ATen a graph may use Python's arithmetic on sizes (`scoring/network/torch_scalar_function.cc`), within 64 bits, and the three
`higher_order` operators below.
"""

SEEN = """
## Seen

Networks that use each, of the {conformance} architectures of `tests/conformance/architectures` and of {real} real networks. All of these are allowed, as are
{more} operators that none of them uses.

| operator | architectures | real networks |
|---|---|---|
"""

REAL = "\nThe real networks: "

REFUSED = """
## Refused

Operators of ATen in LibTorch {version} that are not on the list, each in the first family that fits, and what else a graph could name.

| family | operators | because it |
|---|---|---|
| every namespace but `aten` | all | is a library of its own, which nobody reviewed |
| `higher_order.…` but `wrap_with_set_grad_enabled`, `cond`, `_export_tracepoint` | all | runs another program |
"""


def text(listed: set[str], used: dict[str, set[str]], real: dict[str, set[str]]) -> str:
    """listed: the allow-list; used, real: network → "aten.conv2d.default" …"""
    return (HEAD + _seen(listed, used, real) + _real_list(real) + _refused(listed))


def real_networks(page: str) -> dict[str, set[str]]:
    """What `page` says of the real networks: network → its operators."""
    section = page.partition(REAL)[2].partition("\n## ")[0]
    return {name: set(re.findall(r"`([^`]+)`", operators))
            for name, operators in re.findall(r"^- (\S+): ((?:.|\n  )*)$", section, re.MULTILINE)}


def _seen(listed: set[str], used: dict[str, set[str]], real: dict[str, set[str]]) -> str:
    counts = [collections.Counter(target for operators in networks.values() for target in operators) for networks in (used, real)]
    targets = sorted(set().union(*counts))
    more = len(listed - {target.removeprefix("aten.") for target in targets})
    rows = "".join(f"| `{target}` | {counts[0][target] or '–'} | {counts[1][target] or '–'} |\n" for target in targets)
    return SEEN.format(conformance=len(used), real=len(real), more=more) + rows


def _real_list(real: dict[str, set[str]]) -> str:
    lines = [_fill(f"- {name}: " + ", ".join(f"`{target}`" for target in sorted(operators)), "  ")
             for name, operators in real.items()]
    return REAL + "\n\n" + "\n".join(lines) + "\n"


def _refused(listed: set[str]) -> str:
    found = operator_families.refused(listed)
    rows = "".join(f"| {family.shown} | {len(found[family.shown])} | {family.reason} |\n" for family in operator_families.FAMILIES)
    version = torch.__version__.partition("+")[0]
    text = REFUSED.format(version=version) + rows + "\nBy name, overloads left out:\n"
    for family, operators in found.items():
        names = sorted({operator.partition(".")[0] for operator in operators})
        text += "\n" + _fill(f"- {family}: " + " ".join(f"`{name}`" for name in names), "  ") + "\n"
    return text


def _fill(line: str, indent: str) -> str:
    return textwrap.fill(line, 150, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
