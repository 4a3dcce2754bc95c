"""make_scripts: TorchScript files with PyTorch's own answers, and programs that mean harm."""

import json
import pathlib

import torch
from torch import nn
from typing import Dict, List, Tuple

import networks
import reference
from ventral import checkpoint


class Loops(nn.Module):
    """As often as the image is high: a loop, a branch, a list, texts, a function and a tuple of a tuple."""

    def __init__(self):
        super().__init__()
        self.enter = nn.Conv2d(3, 4, 3)
        self.again = nn.ModuleList([nn.Conv2d(4, 4, 3, padding=1), nn.Conv2d(4, 4, 1)])
        self.rows = nn.LSTM(4, 5, batch_first=True)
        self.never = nn.Conv2d(4, 4, 1)

    def mix(self, x: torch.Tensor) -> torch.Tensor:
        for module in self.again:
            x = torch.tanh(module(x)) + x
        return x

    def forward(self, x: torch.Tensor) -> Dict[str, torch.Tensor]:
        x = nn.functional.relu(self.enter(x))
        kept: List[torch.Tensor] = []
        for step in range(x.size(2) // 3):
            x = self.mix(x)
            kept.append(x.mean([2, 3]))
        if x.size(2) > 1000:
            x = self.never(x)
        rows, (hidden, _) = self.rows(torch.stack(kept, 1))
        return {"rows": rows.flatten(1), "hidden": hidden[0]}


class Pair(nn.Module):
    """Its parts return tuples, and it writes into a buffer."""

    def __init__(self):
        super().__init__()
        self.parts = Parts()
        self.register_buffer("runs", torch.zeros(1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.runs += 1
        first, second = self.parts(x)
        return first.mean([2, 3]) + second * self.runs


class Parts(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)

    def forward(self, x: torch.Tensor) -> Tuple[torch.Tensor, torch.Tensor]:
        x = self.conv(x)
        return x, x.amax((2, 3))


class Dropped(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return nn.functional.dropout(self.conv(x), 0.5, training=True)


def card(size: int, layers: list[str] | None, output: str = "") -> str:
    text = checkpoint.Card(checkpoint.Preprocessing(size, size, (0.5,) * 3, (0.25,) * 3), tuple(layers or ["x"])).to_json()
    content = json.loads(text)
    if layers is None:
        del content["layers"]
    if output:
        content["output"] = output
    return json.dumps(content)


def save(script: torch.jit.ScriptModule, file: pathlib.Path, text: str) -> None:
    torch.jit.save(script, file, _extra_files={"ventral.json": text.encode()})


# Modules that compute nothing leave nothing in a trace.
UNTRACED = ("unchanged", "same", "plain")


def equal_to_pytorch(folder: pathlib.Path) -> None:
    """folder/NAME-scripted and NAME-traced: net.pt, and the answers of reference.py."""
    known = {name: about for name, about in networks.NETWORKS.items() if name != "fixed"}
    known["pair"] = (Pair, 9, ["parts.conv", "parts..0", "parts..1"])
    for name, (kind, size, layers) in known.items():
        torch.manual_seed(1)
        net = kind().eval()
        images = torch.randn((5, 3, size, size), generator=torch.Generator().manual_seed(3))
        start = {key: value.clone() for key, value in net.state_dict().items()}
        scripts = {"scripted": torch.jit.script(net)}
        with torch.no_grad():
            scripts["traced"] = torch.jit.trace(net, images[:2], check_trace=False)
        net.load_state_dict(start)  # tracing runs it
        for way, script in scripts.items():
            seen = [layer for layer in layers if way == "scripted" or layer not in UNTRACED]
            script.load_state_dict(start, strict=False)
            save(script, _made(folder / f"{name}-{way}") / "net.pt", card(size, seen))
            net.load_state_dict(start)
            reference.write_answers(net, folder / f"{name}-{way}", images, seen)


def _made(folder: pathlib.Path) -> pathlib.Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def others(folder: pathlib.Path) -> None:
    torch.manual_seed(2)
    loops = Loops().eval()
    layers = ["enter", "again.0", "again.1", "rows..0", "rows..1.0"]
    save(torch.jit.script(loops), _made(folder / "loops") / "net.pt", card(11, layers, "hidden"))
    images = torch.randn((5, 3, 11, 11), generator=torch.Generator().manual_seed(3))
    reference.write_answers(loops, folder / "loops", images, layers, "hidden")
    save(torch.jit.script(loops), folder / "blocks.pt", card(11, None, "hidden"))
    save(torch.jit.script(loops), folder / "unknown_layer.pt", card(11, ["nowhere"]))
    save(torch.jit.script(loops), folder / "not_called.pt", card(11, ["never"]))
    with torch.no_grad():
        save(torch.jit.trace(networks.Fixed().eval(), torch.rand(1, 3, 6, 6)), folder / "one.pt", card(6, ["conv"]))
        save(torch.jit.trace(networks.Recurrent().eval(), torch.rand(1, 3, 12, 12)), folder / "wrong_size.pt",
             card(1, ["again"]))
    save(torch.jit.script(Dropped()), folder / "draws.pt", card(9, ["conv"]))
    torch.jit.save(torch.jit.script(loops), folder / "no_card.pt")


def hostile(folder: pathlib.Path) -> None:
    """folder/*.pt: each tries one thing, from its forward or while it is loaded."""
    marks = torch.library.Library("ventral", "DEF")  # as if it wrote, else the call goes for being of no use
    marks.define("leave(int site, Tensor(a!) value) -> ()")
    for name, source in HOSTILE.items():
        module = torch.jit.trace_module(Harmless(), {"first": torch.rand(1, 3, 9, 9)})
        module.define(source.format(folder=folder))
        save(module, _made(folder) / f"{name}.pt", card(9, ["conv"]))


    save(torch.jit.script(Forks()), folder / "forks.pt", card(9, ["conv"]))
    save(torch.jit.script(OnLoad()), folder / "reads_when_loaded.pt", card(9, ["conv"]))


class Harmless(nn.Module):
    """Without a forward, which the source of a program gives it."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)

    def first(self, x):
        return self.conv(x)


class Forks(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.jit.wait(torch.jit.fork(self.conv, x))


class OnLoad(nn.Module):
    """LibTorch runs __setstate__ while it reads the file, before anybody has seen its graph."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.state = 0

    @torch.jit.export
    def __getstate__(self) -> Tuple[int, bool]:
        return 1, self.training

    @torch.jit.export
    def __setstate__(self, state: Tuple[int, bool]) -> None:
        self.state = int(torch.from_file("/etc/passwd", False, 100, dtype=torch.uint8).sum().item())
        self.training = state[1]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.conv(x) + self.state


# TorchScript's own language. {folder} is where the files lie; nothing else may be there afterwards.
HOSTILE = {
    "reads_a_file": """
def forward(self, x):
    return self.conv(x).sum() + torch.from_file("/etc/passwd", False, 100, dtype=torch.uint8).sum()
""",
    "makes_a_file": """
def forward(self, x):
    return self.conv(x).sum() + torch.from_file("{folder}/made", True, 100, dtype=torch.uint8).sum()
""",
    "saves_a_file": """
def forward(self, x):
    torch.save(x, "{folder}/saved")
    return self.conv(x)
""",
    "leaves_its_memory": """
def forward(self, x):
    return self.conv(x).as_strided([1000000], [100000], 0)
""",
    "reads_old_memory": """
def forward(self, x):
    return self.conv(torch.empty([4096, 3, 9, 9])) + x.sum()
""",
    "repeats_less_than_nothing": """
def forward(self, x):
    return self.conv(x).sum() + torch.repeat_interleave(torch.tensor([-5, 6]), output_size=1).sum()
""",
    "names_no_memory_format": """
def forward(self, x):
    return self.conv(x.clone(memory_format=9))
""",
    "never_reads": """
def forward(self, x):
    if x.size(2) > 100000:
        x = x + torch.from_file("/etc/passwd", False, 100, dtype=torch.uint8).sum()
    return self.conv(x)
""",
    "prints": """
def forward(self, x):
    for i in range(1000000000):
        print("noise", i)
    return self.conv(x)
""",
    "spins": """
def forward(self, x):
    while bool(x.numel() > 0):
        x = x + 1
    return self.conv(x)
""",
    "fills_memory": """
def forward(self, x):
    kept = [x]
    while len(kept) > 0:
        kept.append(torch.zeros([1000, 1000, 100]))
    return self.conv(x)
""",
    "asks_for_too_much": """
def forward(self, x):
    return self.conv(x).sum() + torch.zeros([1000000, 1000000]).sum()
""",
    "calls_without_end": """
def forward(self, x):
    while bool(x.numel() > 0):
        y = self.conv(x)
    return x
""",
    "speaks_as_a_mark": """
def forward(self, x):
    torch.ops.ventral.leave(0, x)
    return self.conv(x)
""",
    "raises": """
def forward(self, x):
    if bool(x.numel() > 0):
        raise ValueError("made up")
    return self.conv(x)
""",
}
