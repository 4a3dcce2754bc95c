"""Programs that must be refused when they are read, and such that only a run can refuse."""

from craft import MODEL, Crafter, named, node

NODE_LIMIT = 500_000  # NetworkLimits of scoring/network/network.h


def first(graph: dict, *nodes: dict) -> None:
    graph["nodes"][0:0] = nodes


def tensor(name: str) -> dict:
    return {"as_tensor": {"name": name}}


def relu_of(name: str, output: str) -> dict:
    return node("aten.relu.default", [named("self", **tensor(name))], output)


def called(target: str) -> dict:
    """A node of another kind than torch.ops.…"""
    return {**node("", []), "target": target}


def full(output: str, sizes: list[int], value: float, dtype: int = 7) -> dict:
    """dtype: that of the archive's enumeration; 5 is int64, 7 float32."""
    return node("aten.full.default", [named("size", as_ints=sizes), named("fill_value", as_float=value),
                                      named("dtype", as_scalar_type=dtype)], output)


# file → the node that makes the program one to refuse
NODES = {
    "own_output.pt2": relu_of("crafted", "crafted"),
    "set_.pt2": node("aten.set_.source_Storage_storage_offset", [named("self", **tensor("x"))]),
    "resize_.pt2": node("aten.resize_.default", [named("self", **tensor("x")), named("size", as_ints=[10 ** 9])]),
    "reshape_alias.pt2": node("aten._reshape_alias.default", [
        named("self", **tensor("x")), named("size", as_ints=[10 ** 9]), named("stride", as_ints=[1])]),
    "as_strided_in_place.pt2": node("aten.as_strided_.default", [named("self", **tensor("x"))]),
    "out_argument.pt2": node("aten.relu.out", [named("self", **tensor("x")), named("out", **tensor("x"))]),
    "custom_namespace.pt2": node("torchvision.nms.default", []),
    "backend_namespace.pt2": node("mkldnn._linear_pointwise.default", []),
    "collective.pt2": node("_c10d_functional.all_reduce.default", []),
    "profiler.pt2": node("profiler._record_function_enter_new.default", []),
    "eval.pt2": called("builtins.eval"),
    "system.pt2": called("os.system"),
    "no_overload.pt2": node("aten.relu", [named("self", **tensor("x"))]),
    "text_as_axis.pt2": node("aten.flatten.using_ints", [named("self", **tensor("x")), named("start_dim", as_string="0")]),
    "tensor_as_size.pt2": node("aten.zeros.default", [named("size", **tensor("x"))]),
    "sizes_as_tensor.pt2": node("aten.relu.default", [named("self", as_ints=[1, 2])]),
    "none_as_tensor.pt2": node("aten.relu.default", [named("self", as_none=True)]),
    "truth_as_number.pt2": node("aten.select.int", [
        named("self", **tensor("x")), named("dim", as_bool=True), named("index", as_int=0)]),
    "unknown_dtype.pt2": node("aten.zeros.default", [named("size", as_ints=[1]), named("dtype", as_scalar_type=99)]),
    "sparse_layout.pt2": node("aten.zeros.default", [named("size", as_ints=[1]), named("layout", as_layout=1)]),
    "unknown_memory_format.pt2": node("aten.clone.default", [
        named("self", **tensor("x")), named("memory_format", as_memory_format=9)]),
    "number_as_memory_format.pt2": node("aten.clone.default", [named("self", **tensor("x")), named("memory_format", as_int=9)]),
    "number_as_dtype.pt2": node("aten.zeros.default", [named("size", as_ints=[1]), named("dtype", as_int=6)]),
    "number_as_layout.pt2": node("aten.zeros.default", [named("size", as_ints=[1]), named("layout", as_int=0)]),
    "custom_object.pt2": node("aten.relu.default", [named("self", as_custom_obj={"name": "x", "class_fqn": "C"})]),
    "argument_twice.pt2": node("aten.relu.default", [named("self", **tensor("x")), named("self", **tensor("x"))]),
    "two_kinds.pt2": node("aten.relu.default", [named("self", as_int=1, **tensor("x"))]),
}


def write(craft: Crafter) -> None:
    for name, made in NODES.items():
        craft.graph(name, lambda graph, made=made: first(graph, made))
    craft.graph("cycle.pt2", lambda graph: first(graph, relu_of("b", "a"), relu_of("a", "b")))
    craft.graph("recursive.pt2", lambda graph: first(graph, recursive()))
    craft.graph("many_nodes.pt2", lambda graph: graph["nodes"].extend([{}] * (NODE_LIMIT + 1)))

    def bounds(low, high):
        def change(model):
            for limits in model["range_constraints"].values():
                limits.update(min_val=low, max_val=high)
        return change
    craft.json("impossible_batch.pt2", MODEL, bounds(10, 5))
    craft.json("huge_batch.pt2", MODEL, bounds(10 ** 12, 10 ** 13))

    def symbolic_width(model):
        sizes = model["graph_module"]["graph"]["tensor_values"]["x"]["sizes"]
        sizes[3] = {"as_expr": {"expr_str": "s99", "hint": None}}
        model["range_constraints"]["s99"] = {"min_val": 100, "max_val": 200}
    craft.json("symbolic_width.pt2", MODEL, symbolic_width)


def recursive() -> dict:
    """A branch that names the graph that it stands in: a graph is written out, never looked up by its name."""
    def branch(graph):
        return named("", as_graph={"name": "g", "graph": graph} if graph else {"name": "g"})

    def cond(one, other):
        return node("higher_order.cond", [named("", **tensor("x")), one, other, named("", as_tensors=[{"name": "x"}])], "y")
    inner = cond(branch(None), branch(None))
    again = branch({"inputs": [tensor("x")], "outputs": [tensor("y")], "nodes": [inner]})
    return cond(again, again)


def write_greedy(craft: Crafter) -> None:
    """Accepted when they are read."""
    square = full("big", [2048, 2048], 0.001)
    products = [node("aten.mm.default", [named("self", **tensor("big")), named("mat2", **tensor("big"))], f"product_{i}")
                for i in range(2000)]
    craft.graph("for_ever.pt2", lambda graph: first(graph, square, *products))
    for name, nodes in lies().items():
        craft.graph(name, lambda graph, nodes=nodes: first(graph, *nodes))


def lies() -> dict[str, list[dict]]:
    """What LibTorch believes of its arguments: scoring/network/torch_promises.h."""
    image, steps = full("image", [1, 1, 4, 4], 1.0), full("steps", [2, 5, 3], 1.0)
    repeats = [node("aten.arange.start_step", [named("start", as_int=10 ** 8), named("end", as_int=-10 ** 9),
                                               named("step", as_int=1 - 2 * 10 ** 8)], "repeats")]
    return {
        "negative_repeats.pt2": [*repeats, node("aten.repeat_interleave.Tensor", [
            named("repeats", **tensor("repeats")), named("output_size", as_int=1)])],
        "huge_repeats.pt2": [full("repeats", [4], 2.0 ** 62, 5), node("aten.repeat_interleave.Tensor", [
            named("repeats", **tensor("repeats"))])],
        "lying_scale.pt2": [image, node("aten._upsample_bilinear2d_aa.default", [
            named("self", **tensor("image")), named("output_size", as_ints=[64, 64]), named("align_corners", as_bool=False),
            named("scales_h", as_float=1e-5), named("scales_w", as_float=1e-5)])],
        "no_such_mode.pt2": [image, full("grid", [1, 2, 2, 2], 0.5), node("aten.grid_sampler.default", [
            named("input", **tensor("image")), named("grid", **tensor("grid")), named("interpolation_mode", as_int=77),
            named("padding_mode", as_int=0), named("align_corners", as_bool=False)])],
        "short_norm.pt2": [full("v", [64, 64], 1.0), full("g", [1], 1.0), node("aten._weight_norm.default", [
            named("v", **tensor("v")), named("g", **tensor("g"))])],
        "no_statistics.pt2": [image, {**node("aten.native_batch_norm.default", [
            named("input", **tensor("image")), named("weight", as_none=True), named("bias", as_none=True),
            named("running_mean", as_none=True), named("running_var", as_none=True), named("training", as_bool=False),
            named("momentum", as_float=0.1), named("eps", as_float=1e-5)]),
            "outputs": [tensor("crafted"), tensor("mean"), tensor("deviation")]}],
        # Its product is that of the image's sizes, modulo 2^64.
        "wrapping_norm.pt2": [full("groups", [1, 8, 4, 4], 1.0), {**node("aten.native_group_norm.default", [
            named("input", **tensor("groups")), named("weight", as_none=True), named("bias", as_none=True),
            named("N", as_int=1), named("C", as_int=8), named("HxW", as_int=2 ** 61 + 16), named("group", as_int=4),
            named("eps", as_float=1e-5)]),
            "outputs": [tensor("crafted"), tensor("mean"), tensor("deviation")]}],
        "least_by_minus_one.pt2": [full("least", [2], -2.0 ** 63, 5), node("aten.div.Scalar_mode", [
            named("self", **tensor("least")), named("other", as_int=-1), named("rounding_mode", as_string="trunc")])],
        "short_state.pt2": [steps, full("state", [1, 2, 4], 0.0), full("in", [12, 3], 1.0), full("again", [12, 4], 1.0), {
            **node("aten.gru.input", [
                named("input", **tensor("steps")), named("hx", **tensor("state")),
                named("params", as_tensors=[{"name": "in"}, {"name": "again"}]), named("has_biases", as_bool=False),
                named("num_layers", as_int=1), named("dropout", as_float=0.0), named("train", as_bool=False),
                named("bidirectional", as_bool=False), named("batch_first", as_bool=False)]),
            "outputs": [tensor("crafted"), tensor("last")]}],
    }
