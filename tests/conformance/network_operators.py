"""network_operators.py OPERATORS_TXT [NETWORK…]: the operators that the conformance networks use, one a line, with how
many networks use each; then those that the allow-list refuses. Exit status 1 if there are any.

--check PAGE   also if PAGE (docs/operators.md) is not what would be written
--write PAGE   writes it
--models DIR   the real networks too, of a folder as ventral.export_known reads it; without it, what PAGE says of them stands
"""

import argparse
import collections
import difflib
import json
import pathlib
import sys
import warnings

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent)]

import torch

import network_architectures as architectures
import operators_page
from ventral import export_known

# What the reader knows beside ATen: torch_subgraph.cc and torch_scalar_function.cc.
HIGHER_ORDER = {"wrap_with_set_grad_enabled", "cond", "_export_tracepoint"}


def targets(program: torch.export.ExportedProgram) -> set[str]:
    """"aten.conv2d.default", "higher_order.cond", of the graph and of those in it."""
    def name(target) -> str:
        return f"higher_order.{target.name()}" if isinstance(target, torch._ops.HigherOrderOperator) else str(target)
    return {name(node.target) for module in program.graph_module.modules()
            if isinstance(module, torch.fx.GraphModule) for node in module.graph.nodes
            if node.op == "call_function" and isinstance(node.target, (torch._ops.OpOverload, torch._ops.HigherOrderOperator))}


def is_allowed(target: str, listed: set[str]) -> bool:
    space, name = target.split(".", 1)
    return name in listed if space == "aten" else name in HIGHER_ORDER


def of_real_networks(models: pathlib.Path) -> dict[str, set[str]]:
    """Network → its operators, as ventral.export writes it."""
    found = {}
    for name in json.loads((models / "networks.json").read_text()):
        net, entry = export_known.load(models, name)
        example = (torch.zeros(2, *entry["input"]),)
        found[name] = targets(torch.export.export(net, example, strict=False, dynamic_shapes=({0: torch.export.Dim("batch")},)))
    return found


def differs(page: pathlib.Path, wanted: str) -> bool:
    lines = list(difflib.unified_diff(page.read_text().splitlines(), wanted.splitlines(), str(page), "as it would be written",
                                      lineterm="", n=0))
    print("\n".join(lines))
    if lines:
        print(f"{page} is not what this program writes: run it with --write {page}")
    return bool(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("operators", type=pathlib.Path)
    parser.add_argument("networks", nargs="*")
    parser.add_argument("--check", type=pathlib.Path)
    parser.add_argument("--write", type=pathlib.Path)
    parser.add_argument("--models", type=pathlib.Path)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    listed = {line for line in options.operators.read_text().splitlines() if line and not line.startswith("#")}
    used = {name: targets(architectures.trace(name, architectures.make(name)))
            for name in options.networks or architectures.NETWORKS}
    page = options.check or options.write
    if options.models and (options.models / "networks.json").exists():
        real = of_real_networks(options.models)
    else:
        real = operators_page.real_networks(page.read_text()) if page and page.exists() else {}
    counts = collections.Counter(target for operators in used.values() for target in operators)
    refused = sorted(target for target in set().union(*used.values(), *real.values()) if not is_allowed(target, listed))
    for target, count in sorted(counts.items()):
        print(f"{count:3d}  {target}")
    print(f"{len(counts)} operators, {len(refused)} refused: {', '.join(refused) or 'none'}")
    wanted = operators_page.text(listed, used, real)
    if options.write:
        options.write.write_text(wanted)
    return 1 if refused or not used or (options.check and differs(options.check, wanted)) else 0


if __name__ == "__main__":
    sys.exit(main())
