"""make_fixtures.py FOLDER: small networks with PyTorch's own answers, and files that must be refused."""

import hashlib
import io
import pathlib
import sys
import warnings
import zipfile

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[3] / "client/python")]

import torch

import hostile_graphs
import hostile_zips
import networks
import reference
import script_networks
import ventral
from craft import CARD, MODEL, WEIGHTS, Crafter, named, node


def first_weight(config: dict) -> dict:
    return next(iter(config["config"].values()))


def set_meta(**fields):
    return lambda config: first_weight(config)["tensor_meta"].update(fields)


def bad_files(craft: Crafter) -> None:
    good = craft.good.read_bytes()
    craft.bytes("empty.pt2", b"")
    craft.bytes("text.pt2", b"not a network\n" * 100)
    craft.bytes("truncated.pt2", good[:len(good) // 2])
    craft.bytes("no_end.pt2", good[:-10])
    flipped = bytearray(good)
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        weight = next(entry for entry in archive.infolist() if entry.filename.endswith("weight_0"))
        content = archive.read(weight)
    flipped[good.index(content, weight.header_offset) + 5] ^= 1
    craft.bytes("flipped_bit.pt2", bytes(flipped))
    torch.save({"weight": torch.ones(2)}, craft.folder / "pickle.pt2")
    craft.records("compressed.pt2", lambda records: None, compression=zipfile.ZIP_DEFLATED)
    craft.records("no_card.pt2", lambda records: records.pop(CARD))
    craft.records("no_model.pt2", lambda records: records.pop(MODEL))
    craft.records("no_weight.pt2", lambda records: records.pop("data/weights/weight_0"))
    craft.records("not_json.pt2", lambda records: records.update({MODEL: b'{"graph_module": '}))
    craft.records("deep_json.pt2", lambda records: records.update({MODEL: b"[" * 100000}))
    craft.records("big_endian.pt2", lambda records: records.update(byteorder=b"big"))


def bad_zips(craft: Crafter) -> None:
    good = craft.good.read_bytes()
    craft.records("traversal.pt2", lambda records: records.update({"../../etc/passwd": b"x"}))
    craft.bytes("nested.pt2", zip_of({"net/net.pt2": good}))
    directory = good.index(b"PK\x01\x02")
    second = good.index(b"PK\x01\x02", directory + 4)

    def patched(at: int, value: int) -> bytes:
        return good[:at] + value.to_bytes(4, "little") + good[at + 4:]
    craft.bytes("claims_4_gb.pt2", patched(directory + 24, 0xfffffff0))
    craft.bytes("stored_size.pt2", patched(directory + 20, 7))
    craft.bytes("overlap.pt2", patched(second + 42, int.from_bytes(good[directory + 42:directory + 46], "little")))
    craft.bytes("no_header.pt2", patched(directory + 42, 1))
    craft.bytes("outside.pt2", patched(directory + 42, len(good) + 5))


def zip_of(records: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in records.items():
            archive.writestr(name, content)
    return file.getvalue()


def bad_cards(craft: Crafter) -> None:
    craft.json("unknown_layer.pt2", CARD, lambda card: card["layers"].append("inner.missing"))
    craft.json("no_layers.pt2", CARD, lambda card: card.update(layers=[]))
    craft.json("wrong_shape.pt2", CARD, lambda card: card["preprocessing"].update(height=64))
    craft.json("huge_image.pt2", CARD, lambda card: card["preprocessing"].update(height=10 ** 9))
    craft.json("zero_std.pt2", CARD, lambda card: card["preprocessing"].update(std=[1, 0, 1]))
    craft.json("card_format.pt2", CARD, lambda card: card.update(format=2))
    craft.json("unknown_element.pt2", CARD, lambda card: card.update(layers=["inner..0"]))
    craft.json("unknown_output.pt2", CARD, lambda card: card.update(output="logits"))
    craft.json("strange_input.pt2", CARD, lambda card: card.update(input={"dtype": "complex64"}))
    craft.json("normalised_bytes.pt2", CARD, lambda card: card.update(input={"dtype": "uint8"}))
    craft.json("no_time.pt2", CARD, lambda card: card.update(input={"time_steps": 0}))
    craft.json("time_axis.pt2", CARD, lambda card: card.update(input={"time_steps": 4}))
    craft.json("whole_numbers.pt2", CARD, lambda card: card.update(input={"dtype": "int64"}, preprocessing={
        **card["preprocessing"], "mean": [0, 0, 0], "std": [1, 1, 1]}))
    craft.json("committed.pt2", CARD, lambda card: card.update(committed_layers={"IT": "elsewhere"}))


def bad_weights(craft: Crafter) -> None:
    craft.json("pickled_weight.pt2", WEIGHTS, lambda config: first_weight(config).update(use_pickle=True))
    craft.json("long_weight.pt2", WEIGHTS, set_meta(sizes=[{"as_int": 400}], strides=[{"as_int": 1}]))
    craft.json("huge_weight.pt2", WEIGHTS, set_meta(sizes=[{"as_int": 2 ** 62}] * 2, strides=[{"as_int": 2 ** 62}, {"as_int": 1}]))
    craft.json("negative_weight.pt2", WEIGHTS, set_meta(sizes=[{"as_int": -4}], strides=[{"as_int": 1}]))
    craft.json("far_weight.pt2", WEIGHTS, set_meta(storage_offset={"as_int": 10 ** 12}))
    craft.json("ten_terabytes.pt2", WEIGHTS, set_meta(sizes=[{"as_int": 10 ** 13 // 4}], strides=[{"as_int": 1}]))
    craft.json("no_stride.pt2", WEIGHTS, set_meta(sizes=[{"as_int": 10 ** 13}], strides=[{"as_int": 0}]))
    craft.json("many_axes.pt2", WEIGHTS, set_meta(sizes=[{"as_int": 1}] * 65, strides=[{"as_int": 1}] * 65))
    craft.json("symbolic_weight.pt2", WEIGHTS, set_meta(sizes=[{"as_expr": {"expr_str": "s0"}}], strides=[{"as_int": 1}]))
    craft.json("strange_dtype.pt2", WEIGHTS, set_meta(dtype=99))


def bad_graphs(craft: Crafter) -> None:
    def version(model):
        model["schema_version"]["major"] = 9
    craft.json("schema_9.pt2", MODEL, version)
    craft.graph("from_file.pt2", lambda graph: graph["nodes"].insert(0, node(
        "aten.from_file.default", [named("filename", as_string="/etc/hostname"), named("size", as_int=4)])))
    craft.graph("as_strided.pt2", lambda graph: graph["nodes"].insert(0, node(
        "aten.as_strided.default", [named("self", as_tensor={"name": "x"}), named("size", as_ints=[10 ** 9]),
                                    named("stride", as_ints=[1])])))
    craft.graph("other_namespace.pt2", lambda graph: graph["nodes"].insert(0, node("prims.empty.default", [])))
    craft.graph("out_variant.pt2", lambda graph: graph["nodes"].insert(0, node("aten.add.out", [])))
    craft.graph("undefined.pt2", lambda graph: graph["nodes"].insert(0, node(
        "aten.relu.default", [named("self", as_tensor={"name": "nobody"})])))
    craft.graph("defined_twice.pt2", lambda graph: graph["nodes"].insert(0, node(
        "aten.relu.default", [named("self", as_tensor={"name": "x"})], output="x")))
    craft.graph("wrong_type.pt2", lambda graph: graph["nodes"].insert(0, node(
        "aten.relu.default", [named("self", as_string="x")])))
    craft.graph("no_argument.pt2", lambda graph: graph["nodes"].insert(0, node("aten.relu.default", [])))
    craft.graph("strange_argument.pt2", lambda graph: graph["nodes"].insert(0, node(
        "aten.relu.default", [named("selves", as_tensor={"name": "x"})])))
    craft.graph("long_integer.pt2", lambda graph: graph["nodes"].insert(0, node(
        "aten.flatten.using_ints", [named("self", as_tensor={"name": "x"}), named("start_dim", as_int=2 ** 70)])))
    def list_output(graph):
        conv = next(node for node in graph["nodes"] if "conv2d" in node["target"])
        conv["outputs"] = [{"as_tensors": [conv["outputs"][0]["as_tensor"]]}]
    craft.graph("list_output.pt2", list_output)

    subgraphs(craft)

    def lying_signature(model):
        calls = model["graph_module"]["module_call_graph"]
        next(call for call in calls if call["fqn"] == "inner")["signature"]["outputs"] = [{"as_tensor": {"name": "nobody"}}]
    craft.json("lying_signature.pt2", MODEL, lying_signature)


def branch(nodes: list[dict], output: str, inputs=("x",)) -> dict:
    """A graph as torch.cond has two of."""
    return {"name": "", "kind": 1, "arg": {"as_graph": {"name": "g", "graph": {
        "inputs": [{"as_tensor": {"name": name}} for name in inputs], "outputs": [{"as_tensor": {"name": output}}], "nodes": nodes}}}}


def cond(true: dict, false: dict, predicate=None) -> dict:
    inputs = [{"name": "", "arg": predicate or {"as_tensor": {"name": "x"}}, "kind": 1}, true, false,
              {"name": "", "arg": {"as_tensors": [{"name": "x"}]}, "kind": 1}]
    return node("higher_order.cond", inputs, output="chosen")


def subgraphs(craft: Crafter) -> None:
    relu = [node("aten.relu.default", [named("self", as_tensor={"name": "x"})], output="y")]
    read = [node("aten.from_file.default", [named("filename", as_string="/etc/hostname"), named("size", as_int=4)], output="y")]
    for name, made in {
        "map.pt2": node("higher_order.map_impl", []),
        "subgraph_from_file.pt2": cond(branch(relu, "y"), branch(read, "y")),
        "subgraph_undefined.pt2": cond(branch(relu, "y"), branch(relu, "nobody")),
        "subgraph_outside.pt2": cond(branch(relu, "y"), branch(relu, "y", inputs=("z",))),
        "subgraph_operands.pt2": cond(branch(relu, "y"), branch(relu, "y", inputs=("x", "z"))),
        "subgraph_no_graph.pt2": cond(branch(relu, "y"), named("", as_int=3)),
        "subgraph_predicate.pt2": cond(branch(relu, "y"), branch(relu, "y"), {"as_string": "yes"}),
    }.items():
        craft.graph(name, lambda graph, made=made: graph["nodes"].insert(0, made))

    craft.graph("subgraph_deep.pt2", lambda graph: graph["nodes"].insert(0, nest(relu, 12)))


def nest(block: list[dict], depth: int) -> dict:
    leaf = block
    for _ in range(depth):
        made = cond(branch(block, "y"), branch(leaf, "y"))
        made["outputs"] = [{"as_tensor": {"name": "y"}}]
        block = [made]
    return block[0]


def greedy(craft: Crafter) -> None:
    """Accepted, as only a run can tell: each is an error then, never a crash."""
    def first(graph, *nodes):
        graph["nodes"][0:0] = nodes
    big = node("aten.expand.default", [named("self", as_tensor={"name": "one"}), named("size", as_ints=[10 ** 6, 10 ** 6])], "big")
    one = node("aten.full.default", [named("size", as_ints=[1, 1]), named("fill_value", as_float=1.0)], "one")
    craft.graph("clone_of_expand.pt2", lambda graph: first(graph, one, big, node(
        "aten.clone.default", [named("self", as_tensor={"name": "big"})])))
    craft.graph("zeros_10_12.pt2", lambda graph: first(graph, node("aten.zeros.default", [named("size", as_ints=[10 ** 12])])))
    craft.graph("size_overflow.pt2", lambda graph: first(graph, node(
        "aten.zeros.default", [named("size", as_ints=[2 ** 40, 2 ** 40])])))
    craft.graph("negative_size.pt2", lambda graph: first(graph, node("aten.zeros.default", [named("size", as_ints=[-5])])))
    craft.graph("index_outside.pt2", lambda graph: first(graph, one, node(
        "aten.select.int", [named("self", as_tensor={"name": "one"}), named("dim", as_int=0), named("index", as_int=10 ** 9)])))
    craft.graph("slow_repeat.pt2", lambda graph: first(graph, one, node(
        "aten.repeat.default", [named("self", as_tensor={"name": "one"}), named("repeats", as_ints=[10 ** 6, 10 ** 6])])))

    def lying_size(model):
        graph = model["graph_module"]["graph"]
        graph["nodes"].insert(0, {"target": "torch.ops.aten.sym_size.int", "name": "lie", "metadata": {},
                                  "inputs": [named("self", as_tensor={"name": "x"}), named("dim", as_int=0)],
                                  "outputs": [{"as_sym_int": {"as_name": "lie"}}]})
        graph["sym_int_values"]["lie"] = {"as_expr": {"expr_str": "u9", "hint": None}}
        model["range_constraints"]["u9"] = {"min_val": 100, "max_val": 200}
    craft.json("size_outside_range.pt2", MODEL, lying_size)


def poisoned(folder: pathlib.Path, value: float, name: str) -> None:
    net = networks.Whole()
    with torch.no_grad():
        net.inner.conv.weight[0, 0] = value
    reference.write(net, folder / name, (3, 9, 9), ["inner.conv", "head"])


def noisy(folder: pathlib.Path) -> None:
    """silent.pt2 says nothing of samples, net.pt2 does, quiet.pt2 has the same weights and draws nothing."""
    folder.mkdir(exist_ok=True)
    for name, quiet in (("silent.pt2", False), ("quiet.pt2", True)):
        torch.manual_seed(1)
        ventral.export(networks.Noisy(quiet), folder / name, input_size=(3, 8, 8), mean=(0.5,) * 3, std=(0.25,) * 3,
                      layers=["conv", "head"], verify=False)
    Crafter(folder / "silent.pt2", folder).json("net.pt2", CARD, lambda card: card.update(
        sampling={"samples": 4, "seed": 11}))


def without_signatures(craft: Crafter) -> None:
    def forget(model):
        for call in model["graph_module"]["module_call_graph"]:
            call["signature"] = None
    craft.json("inferred.pt2", MODEL, forget)


def stamp() -> str:
    """Of all code that the fixtures depend on."""
    here = pathlib.Path(__file__).resolve().parent
    sources = [*sorted(here.glob("*.py")), *sorted((here.parents[2] / "client/python/ventral").glob("*.py"))]
    return hashlib.sha256(b"".join(file.read_bytes() for file in sources) + torch.__version__.encode()).hexdigest()


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    complete = folder / "complete"
    if complete.exists() and complete.read_text() == stamp():
        return
    complete.unlink(missing_ok=True)
    warnings.simplefilter("ignore")
    for name, (kind, size, layers) in networks.NETWORKS.items():
        torch.manual_seed(1)
        reference.write(kind(), folder / name, (3, size, size), layers, batch=16 if name == "fixed" else 5)
    poisoned(folder, float("nan"), "nan")
    noisy(folder / "noisy")
    craft = Crafter(folder / "whole/net.pt2", folder / "bad")
    for make in (bad_files, bad_zips, bad_cards, bad_weights, bad_graphs, hostile_graphs.write, hostile_zips.write):
        make(craft)
    torch.backends.mha.set_fastpath_enabled(False)  # its fused operators are not on the list
    script_networks.equal_to_pytorch(folder / "scripts")
    script_networks.others(folder / "scripts")
    script_networks.hostile(folder / "hostile_scripts")
    craft = Crafter(folder / "whole/net.pt2", folder / "greedy")
    greedy(craft)
    hostile_graphs.write_greedy(craft)
    without_signatures(Crafter(folder / "whole/net.pt2", folder))
    complete.write_text(stamp())


if __name__ == "__main__":
    main()
