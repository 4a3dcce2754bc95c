"""network_architectures.py FOLDER [NAME…]: the networks of architectures/ with random weights, and PyTorch's answers for
every floating-point tensor that each of their modules returns, at every step, for 1, 3 and 16 images.

FOLDER/NAME gets net.pt2, blocks.pt2, the same without a word about layers, traced.pt and scripted.pt, TorchScript of
it where PyTorch can make it so, and batch1/, batch3/, batch16/ (see reference.write_answers).
"""

import hashlib
import pathlib
import shutil
import sys
import warnings

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "client/python"), str(ROOT / "tests/unit/network"), str(ROOT / "tests/conformance")]

import torch

import reference
import ventral
from architectures import attention, convolutional, mixed, recurrent
from ventral import checkpoint

NETWORKS = {**convolutional.NETWORKS, **recurrent.NETWORKS, **attention.NETWORKS, **mixed.NETWORKS}
OUTPUT = {"tuples": "logits"}
# What ventral.json says of inputs that are not [stimulus × 3 × height × width], float32.
INPUT = {"video": {"time_steps": 5}, "bytes": {"dtype": "uint8"}}
# Written for one number of images.
STATIC = {"googlenet": 16}
# What torch.cond calls can have no signature: torch.export refuses it.
WITHOUT_SIGNATURE = {"conditional": ("bright", "dark")}
BATCHES = (1, 3, 16)


def randomise(net: torch.nn.Module) -> None:
    """Statistics, scales and offsets that are not 0 and 1, so that leaving one out is seen."""
    with torch.no_grad():
        for module in net.modules():
            if isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
                module.running_mean.uniform_(-0.2, 0.2)
                module.running_var.uniform_(0.5, 2)
            weight = getattr(module, "weight", None)
            if isinstance(weight, torch.Tensor) and weight.dim() == 1:
                weight.uniform_(0.5, 1.5)


def images_for(name: str, batch: int) -> torch.Tensor:
    size, about = NETWORKS[name][1], INPUT.get(name, {})
    shape = (batch, *([about["time_steps"]] if "time_steps" in about else []), 3, size, size)
    generator = torch.Generator().manual_seed(batch)
    if "dtype" in about:
        return torch.randint(0, 256, shape, generator=generator).to(getattr(torch, about["dtype"]))
    return torch.randn(shape, generator=generator)


def make(name: str) -> torch.nn.Module:
    torch.manual_seed(7)
    net = NETWORKS[name][0]().eval()
    with torch.no_grad():
        net(images_for(name, 2))  # lazy modules
    randomise(net)
    return net


def card(name: str, layers: list[str] | None) -> str:
    """ventral.json; without layers where they are None."""
    mean, std = ((0.0,) * 3, (1.0,) * 3) if "dtype" in INPUT.get(name, {}) else ((0.5,) * 3, (0.25,) * 3)
    size = NETWORKS[name][1]
    return ventral.Card(ventral.Preprocessing(size, size, mean, std), tuple(layers or ()),
                        input=ventral.Input(**INPUT.get(name, {})), output=OUTPUT.get(name)).to_json()


def trace(name: str, net: torch.nn.Module) -> torch.export.ExportedProgram:
    """With the signatures of all modules that are called, where that can be."""
    called = set()
    handles = [module.register_forward_hook(lambda module, *_: called.add(module))
               for path, module in net.named_modules() if path not in WITHOUT_SIGNATURE.get(name, ())]
    images = images_for(name, STATIC.get(name, 2))
    with torch.no_grad():
        net(images)
    for handle in handles:
        handle.remove()
    names = tuple(path for path, module in net.named_modules(remove_duplicate=False) if path and module in called)
    # Not under torch.no_grad: there a network's own leaves no trace.
    return torch.export.export(
        net, (images,), strict=False, preserve_module_call_signature=names,
        dynamic_shapes=None if name in STATIC else ({0: torch.export.Dim("batch")},))


def traceable(net: torch.nn.Module, images: torch.Tensor, layers: list[str]) -> list[str]:
    """Without what a trace does not keep: modules that return what they are given, and the shape of tuples and dicts."""
    idle, before = set(), {}

    def enter(module, inputs):
        before[module] = inputs[0]._version if inputs and isinstance(inputs[0], torch.Tensor) else None

    def leave(module, inputs, result, path):
        if inputs and result is inputs[0] and before[module] == result._version:
            idle.add(path)

    handles = []
    for path, module in net.named_modules():
        handles.append(module.register_forward_pre_hook(enter))
        handles.append(module.register_forward_hook(lambda *about, path=path: leave(*about, path)))
    with torch.no_grad():
        net(images)
    for handle in handles:
        handle.remove()
    return [layer for layer in layers if ".." not in layer and layer not in idle]


def write_scripts(name: str, net: torch.nn.Module, folder: pathlib.Path, layers: list[str]) -> None:
    """Each with the weights and buffers of `net`, whatever tracing does to those."""
    state = {key: value.clone() for key, value in net.state_dict().items()}
    ways = {"scripted": lambda: torch.jit.script(net),
            "traced": lambda: torch.jit.trace(net, images_for(name, STATIC.get(name, 2)), check_trace=False, strict=False)}
    if len(list(net.named_modules())) < len(list(net.named_modules(remove_duplicate=False))):
        del ways["traced"]  # a trace calls a module by one of its names
    for way, make_script in ways.items():
        try:
            with torch.no_grad():
                script = make_script()
        except Exception as error:  # what Python can say and TorchScript cannot
            (folder / f"{way}.txt").write_text(str(error))
            continue
        net.load_state_dict(state)
        script.load_state_dict(state, strict=False)
        known = layers if way == "scripted" else traceable(net, images_for(name, 2), layers)
        torch.jit.save(script, folder / f"{way}.pt", _extra_files={"ventral.json": card(name, known).encode()})


def write(name: str, folder: pathlib.Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    net = make(name)
    output, unseen = OUTPUT.get(name, ""), WITHOUT_SIGNATURE.get(name, ())
    seen = reference.activations(net, images_for(name, 1), None, output, unseen)
    layers = list(dict.fromkeys(layer for layer, _ in seen if layer))
    program = trace(name, net)
    for file, named in (("net.pt2", layers), ("blocks.pt2", None)):
        torch.export.save(program, folder / file, extra_files={checkpoint.RECORD: card(name, named)})
    write_scripts(name, net, folder, layers)
    for batch in [STATIC[name]] if name in STATIC else BATCHES:
        reference.write_answers(net, folder / f"batch{batch}", images_for(name, batch), layers, output, unseen)


def stamp() -> str:
    """Of all code that the networks and their answers depend on."""
    folders = [ROOT / "client/python/ventral", ROOT / "tests/unit/network", ROOT / "tests/conformance",
               ROOT / "tests/conformance/architectures"]
    sources = [file for folder in folders for file in sorted(folder.glob("*.py"))]
    return hashlib.sha256(b"".join(file.read_bytes() for file in sources) + torch.__version__.encode()).hexdigest()


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    complete = folder / "complete"
    if not sys.argv[2:] and complete.exists() and complete.read_text() == stamp():
        return
    complete.unlink(missing_ok=True)
    warnings.simplefilter("ignore")
    torch.backends.mha.set_fastpath_enabled(False)  # a trace would have fused operators that are not on the list
    for name in sys.argv[2:] or NETWORKS:
        shutil.rmtree(folder / name, ignore_errors=True)
        write(name, folder / name)
    if not sys.argv[2:]:
        complete.write_text(stamp())


if __name__ == "__main__":
    main()
