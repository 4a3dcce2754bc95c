"""ventral.inspect, and what export makes of it: through the reader that workers use."""

import json
import warnings
import zipfile

import pytest
import torch
from torch import nn

import ventral
from ventral import reader, verify

SCALE = {"input_size": (3, 16, 16), "mean": (0.5, 0.5, 0.5), "std": (0.25, 0.25, 0.25)}


@pytest.fixture(autouse=True)
def needs_the_program(reader):
    if not (reader / "ventral-extract").exists():
        pytest.skip(f"no ventral and ventral-extract in {reader}; set VENTRAL_BIN")


def edited(file, out, record, change):
    """`file` with one record changed."""
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if name.endswith(record) else content)
    return out


def test_every_module_at_every_step(recurrent, tmp_path):
    file = ventral.export(recurrent, tmp_path / "net.pt2", **SCALE, layers=["again"],
                          committed_layers={"IT": "again"}, time_map={"again": [10, 20, 30]},
                          model=ventral.Model("net", architecture="recurrent"))
    seen = ventral.inspect(file)
    assert [(layer.path, layer.step) for layer in seen] == [("enter", 0), ("again", 0), ("again", 1), ("again", 2)]
    enter, again = seen[0], seen[1]
    assert (enter.shape, enter.parameters, enter.scored) == ((4, 8, 8), 3 * 4 * 9 + 4, False)
    assert (again.parameters, again.scored, again.inferred) == (4 * 4 * 9 + 4, True, False)
    assert enter.multiply_adds == 4 * 8 * 8 * 3 * 9
    assert again.multiply_adds == 4 * 8 * 8 * 4 * 9
    assert seen.multiply_adds == enter.multiply_adds + 3 * again.multiply_adds
    assert seen.parameters == sum(p.numel() for p in recurrent.parameters())
    assert seen.time_map == {"again": [10, 20, 30]} and seen.committed_layers == {"IT": "again"}
    assert seen.model == {"name": "net", "architecture": "recurrent"}


def test_multiply_adds_of_many_operators(tmp_path):
    class Many(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 8, 3, groups=1)
            self.depth = nn.Conv2d(8, 8, 3, groups=8)
            self.up = nn.ConvTranspose2d(8, 4, 2, stride=2)
            self.lstm = nn.LSTM(4, 5, batch_first=True, bidirectional=True)
            self.linear = nn.Linear(10, 6)

        def forward(self, x):
            x = self.up(self.depth(self.conv(x))).flatten(2).transpose(1, 2)
            x = self.lstm(x)[0]
            x = torch.einsum("btc,bsc->bts", x, x) @ x
            return self.linear(x)

    net = Many()
    seen = {layer.path: layer for layer in ventral.inspect(ventral.export(net, tmp_path / "net.pt2", **SCALE))}
    pixels = 14 * 14, 12 * 12, 24 * 24
    assert seen["conv"].multiply_adds == pixels[0] * 8 * 27
    assert seen["depth"].multiply_adds == pixels[1] * 8 * 9
    assert seen["up"].multiply_adds == pixels[1] * 8 * 4 * 4
    assert seen["linear"].multiply_adds == pixels[2] * 60
    whole = ventral.inspect(tmp_path / "net.pt2")
    lstm = 2 * (4 * 5 * 4 + 4 * 5 * 5) * pixels[2]
    products = 2 * pixels[2] ** 2 * 10
    assert whole.multiply_adds == sum(seen[name].multiply_adds for name in ("conv", "depth", "up", "linear")) + lstm + products
    assert {"lstm..0", "lstm..1.0", "lstm..1.1"} <= set(seen) and "lstm" not in seen
    assert seen["lstm..0"].multiply_adds == lstm and whole.not_layers == {}


def test_refuses_with_the_words_of_the_service(recurrent, tmp_path):
    file = ventral.export(recurrent, tmp_path / "net.pt2", **SCALE)
    (tmp_path / "text.pt2").write_text("no network")
    with pytest.raises(ventral.RefusedError, match="text.pt2 is no network: "):
        ventral.inspect(tmp_path / "text.pt2")
    unknown = edited(file, tmp_path / "operator.pt2", "models/model.json",
                     lambda text: text.replace(b"aten.relu.default", b"aten.from_file.default"))
    with pytest.raises(ventral.RefusedError, match="operator.pt2 is no network: .*from_file.*is not allowed"):
        ventral.inspect(unknown)
    for change, message in (
            ({"layers": ["nowhere"]}, "layer 'nowhere' of ventral.json is no module that the network calls"),
            ({"time_map": {"again": [1, 2]}}, "time_map: 'again' has 2 times, and the network calls it 3 times"),
            ({"time_map": {"nowhere": [1]}}, "time_map: 'nowhere' is no module that the network calls"),
            ({"time_map": {"again": [3, 2, 1]}}, "the milliseconds of its steps must rise"),
            ({"time_map": []}, "time_map"), ({"model": {"architecture": 7}}, "model.architecture"),
            ({"model": {"name": "x" * 2001}}, "model.name: longer than 2000 bytes")):
        bad = edited(file, tmp_path / "bad.pt2", "ventral.json",
                     lambda text, change=change: json.dumps({**json.loads(text), **change}).encode())
        with pytest.raises(ventral.RefusedError, match=f"bad.pt2 is no network: .*{message}"):
            ventral.inspect(bad)
    with pytest.raises(ventral.NotFoundError, match="there is no file"):
        ventral.inspect(tmp_path / "none.pt2")


def test_weights_that_are_not_numbers_are_refused_before_anything_is_written(recurrent, tmp_path):
    with torch.no_grad():
        recurrent.enter.weight[0, 0, 0, 0] = float("nan")
    with pytest.raises(ventral.RefusedError, match="layer enter: NaN or infinite activations"):
        ventral.export(recurrent, tmp_path / "net.pt2", **SCALE)
    assert not list(tmp_path.iterdir())


def test_a_file_that_computes_something_else_is_never_written(recurrent, tmp_path):
    file = ventral.export(recurrent, tmp_path / "net.pt2", **SCALE)
    example = torch.rand(2, 3, 16, 16)
    verify.verify(file, recurrent, example)
    with torch.no_grad():
        recurrent.again.bias[0] += 0.01
    with pytest.raises(ventral.MismatchError, match="module 'again', step 0: the written file differs"):
        verify.verify(file, recurrent, example)


def test_a_network_that_depends_on_chance_is_found_out(tmp_path):
    class Noisy(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 2, 3)
            self.noise = nn.Module()
            self.noise.forward = lambda x: x + torch.rand_like(x)

        def forward(self, x):
            return self.noise(self.conv(x))

    with pytest.raises(ValueError, match="draws random numbers in evaluation mode: state samples and seed"):
        ventral.export(Noisy(), tmp_path / "net.pt2", **SCALE)
    assert not list(tmp_path.iterdir())
    file = ventral.export(Noisy(), tmp_path / "net.pt2", **SCALE, verify=False)
    with pytest.raises(ventral.RefusedError, match="draws random numbers"):
        ventral.inspect(file)


def test_shared_modules_and_fixed_batches_are_verified(tmp_path):
    block = nn.Sequential(nn.Conv2d(3, 3, 3, padding=1), nn.ReLU())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        ventral.export(nn.Sequential(block, block, nn.Flatten()), tmp_path / "shared.pt2", **SCALE)

    class Unrolls(nn.Module):
        def forward(self, x):
            return torch.stack([image.mean((1, 2)) for image in x])

    with pytest.warns(UserWarning, match="written for 16"):
        file = ventral.export(nn.Sequential(nn.Conv2d(3, 5, 1), Unrolls()), tmp_path / "fixed.pt2", **SCALE)
    assert ventral.inspect(file)[0].multiply_adds == 16 * 16 * 15, "of one image, not of sixteen"


def test_without_the_program_the_last_output_is_compared_and_that_is_said(recurrent, tmp_path, monkeypatch):
    monkeypatch.delenv("VENTRAL_PROGRAM", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(reader, "__file__", str(tmp_path / "a/b/c/reader.py"))
    with pytest.warns(UserWarning, match="there is no program `ventral`.*only the network's last output was compared"):
        file = ventral.export(recurrent, tmp_path / "net.pt2", **SCALE)
    with torch.no_grad():
        recurrent.again.bias += 1
    with pytest.raises(ventral.MismatchError, match="the network: the written file differs"):
        verify.verify(file, recurrent, torch.rand(2, 3, 16, 16))
    monkeypatch.setenv("VENTRAL_PROGRAM", "/nowhere/ventral")
    with pytest.raises(reader.NoReaderError, match="VENTRAL_PROGRAM=/nowhere/ventral is no program"):
        ventral.inspect(file)


def test_an_inspection_is_a_table(recurrent, tmp_path):
    pandas = pytest.importorskip("pandas")
    frame = ventral.inspect(ventral.export(recurrent, tmp_path / "net.pt2", **SCALE)).to_frame()
    assert isinstance(frame, pandas.DataFrame) and list(frame["path"]) == ["enter", "again", "again", "again"]
