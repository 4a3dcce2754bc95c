"""network_operators.py OPERATORS_TXT [NETWORK…]: the operators that the conformance networks use, one a line, with how
many networks use each; then those that the allow-list refuses. Exit status 1 if there are any.
"""

import collections
import pathlib
import sys
import warnings

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent)]

import torch

import network_architectures as architectures

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


def main() -> int:
    warnings.simplefilter("ignore")
    lines = pathlib.Path(sys.argv[1]).read_text().splitlines()
    listed = {line for line in lines if line and not line.startswith("#")}
    used: collections.Counter[str] = collections.Counter()
    for name in sys.argv[2:] or architectures.NETWORKS:
        used.update(targets(architectures.trace(name, architectures.make(name))))
    refused = [target for target in sorted(used) if not is_allowed(target, listed)]
    for target, count in sorted(used.items()):
        print(f"{count:3d}  {target}")
    print(f"{len(used)} operators, {len(refused)} refused: {', '.join(refused) or 'none'}")
    return 1 if refused or not used else 0


if __name__ == "__main__":
    sys.exit(main())
