"""Networks that are no plain function of images to one tensor, and what export says will be scored, through the reader."""

import json

import pytest
import torch
from torch import nn
from torch.nn import functional as F

import ventral

SIZE = (3, 8, 8)
SCALE = {"input_size": SIZE, "mean": (0.5, 0.5, 0.5), "std": (0.25, 0.25, 0.25)}
PIXELS = {"input_size": SIZE, "mean": (0, 0, 0), "std": (1, 1, 1)}


@pytest.fixture(autouse=True)
def needs_the_program(reader):
    if not (reader / "ventral-extract").exists():
        pytest.skip(f"no ventral and ventral-extract in {reader}; set VENTRAL_BIN")


@pytest.fixture(autouse=True)
def no_warnings(recwarn):
    """No test here may pass because something could not be compared."""
    yield
    said = [str(seen.message) for seen in recwarn]
    assert not [text for text in said if "compared" in text or "inferred" in text or "written for" in text]


def scored(file):
    return list(dict.fromkeys(layer.path for layer in ventral.inspect(file) if layer.scored))


class Clips(nn.Module):
    """Takes [stimulus × time × 3 × height × width]."""

    def __init__(self):
        super().__init__()
        self.conv, self.lstm, self.head = nn.Conv3d(3, 4, 3), nn.LSTM(4, 5, batch_first=True), nn.Linear(5, 2)

    def forward(self, x):
        x = self.conv(x.transpose(1, 2)).mean((3, 4)).transpose(1, 2)
        return self.head(self.lstm(x)[0][:, -1])


class Bytes(nn.Module):
    """Takes the 8-bit pixels themselves."""

    def __init__(self):
        super().__init__()
        self.conv, self.table = nn.Conv2d(3, 4, 3), nn.Embedding(256, 4)

    def forward(self, x):
        return self.conv(x.float() / 255 - 0.5).mean((2, 3)) + self.table(x.long().flatten(1)).mean(1)


class Drops(nn.Module):
    """Dropout as a module and as a function, and noise."""

    def __init__(self):
        super().__init__()
        self.conv, self.drop, self.head = nn.Conv2d(3, 8, 3), nn.Dropout(0.4), nn.Linear(8, 3)

    def forward(self, x):
        x = self.drop(self.conv(x)) + 0.1 * torch.randn_like(x[:, :1, 1:-1, 1:-1])
        return self.head(F.dropout(x.mean((2, 3)), 0.3, training=True))


class Named(nn.Module):
    """Returns a dict with a tuple in it."""

    def __init__(self):
        super().__init__()
        self.conv, self.inner = nn.Conv2d(3, 4, 3), nn.LSTM(4, 5, batch_first=True)

    def forward(self, x):
        states, _ = self.inner(self.conv(x).flatten(2).transpose(1, 2))
        return {"logits": states[:, -1], "hidden": (states, states.mean(1))}


def test_a_network_with_a_time_axis(tmp_path):
    file = ventral.export(Clips(), tmp_path / "net.pt2", time_steps=5, layers=["conv", "lstm..0", "head"], **SCALE)
    seen = ventral.inspect(file)
    assert seen.preprocessing["time_steps"] == 5 and scored(file) == ["conv", "lstm..0", "head"]
    assert seen[0].shape == (4, 3, 6, 6)
    with pytest.raises(ValueError, match=r"does not run on an input of \[stimulus × 3 × 8 × 8\], float32, as input_size, time"):
        ventral.export(Clips(), tmp_path / "other.pt2", **SCALE)


@pytest.mark.parametrize("dtype", ["uint8", torch.int32, torch.int64])
def test_a_network_that_takes_pixels(tmp_path, dtype):
    file = ventral.export(Bytes(), tmp_path / "net.pt2", input_dtype=dtype, **PIXELS)
    assert ventral.inspect(file).preprocessing["dtype"] == str(dtype).removeprefix("torch.")
    assert scored(file) == ["conv", "table"]


def test_pixels_are_compared_as_the_service_makes_them(tmp_path):
    """A comparison on values below 1 would see zeros only, and prove nothing."""
    net = Bytes()
    file = ventral.export(net, tmp_path / "net.pt2", input_dtype="uint8", **PIXELS)
    from ventral import network_input, verify
    about = ventral.Input("uint8")
    images = network_input.images(3, 8, 8, about)
    assert len(network_input.as_input(images, about).unique()) > 100
    with torch.no_grad():
        net.table.weight[200] += 1
    with pytest.raises(ventral.MismatchError, match="module 'table', step 0"):
        verify.verify(file, net, images, about)


def test_a_network_whose_dropout_is_kept_on(tmp_path):
    net = Drops()
    file = ventral.export(net, tmp_path / "net.pt2", samples=6, seed=2 ** 40 + 5, **SCALE)
    assert ventral.inspect(file).preprocessing["sampling"] == {"samples": 6, "seed": 2 ** 40 + 5}
    assert net.training and scored(file) == ["conv", "head"]


def test_what_is_drawn_is_compared_to_the_last_number(tmp_path):
    """The file and the network draw alike, so another rate of dropout is seen, and so is another seed."""
    from ventral import network_input, verify
    net = Drops()
    file = ventral.export(net, tmp_path / "net.pt2", samples=2, seed=3, **SCALE)
    images = network_input.images(3, 8, 8, ventral.Input())
    net.eval().drop.train()
    verify.verify(file, net, images, sampling=ventral.Sampling(2, 3))
    with pytest.raises(ventral.MismatchError, match="module 'drop'"):
        verify.verify(file, net, images, sampling=ventral.Sampling(2, 4))
    net.drop.p = 0.41
    with pytest.raises(ventral.MismatchError, match="module 'drop'"):
        verify.verify(file, net, images, sampling=ventral.Sampling(2, 3))


@pytest.mark.parametrize("output", ["logits", "hidden.1"])
def test_a_network_that_returns_a_dict(tmp_path, output):
    file = ventral.export(Named(), tmp_path / "net.pt2", output=output, layers=["conv", "inner..0"], **SCALE)
    assert scored(file) == ["conv", "inner..0"]
    assert ventral.inspect(ventral.export(Named(), tmp_path / "none.pt2", **SCALE))  # none need be chosen


def test_the_reader_reads_the_output(tmp_path, monkeypatch):
    """What ventral.export would refuse itself, in the words of the service."""
    monkeypatch.setattr("ventral.modules.check_output", lambda seen, output: None)
    with pytest.raises(ventral.RefusedError, match="output 'nothing' is none; the network returns ..logits, ..hidden.0, ..hidden.1"):
        ventral.export(Named(), tmp_path / "net.pt2", output="nothing", **SCALE)


def test_elements_of_what_modules_return_are_compared(tmp_path):
    from ventral import network_input, verify
    net = Named()
    file = ventral.export(net, tmp_path / "net.pt2", **SCALE)
    with torch.no_grad():
        net.inner.weight_hh_l0 += 0.1
    with pytest.raises(ventral.MismatchError, match="module 'inner..0', step 0"):
        verify.verify(file, net, network_input.images(3, 8, 8, ventral.Input()))


def test_without_layers_the_blocks_are_scored_and_that_is_said(tmp_path, capsys):
    net = nn.Sequential(*(layer for _ in range(40) for layer in (nn.Conv2d(3, 3, 1), nn.Tanh())))
    file = ventral.export(net, tmp_path / "net.pt2", **SCALE)
    said = " ".join(capsys.readouterr().err.split())
    names = scored(file)
    assert len(names) == 32 and names[0] == "0" and names[-1] == "78" and all(int(name) % 2 == 0 for name in names)
    assert said == f"{file}: 32 layers will be scored, the network's blocks, as it names none: {', '.join(names)}"


def test_what_is_said_is_what_the_reader_marks(tmp_path, capsys, recurrent):
    file = ventral.export(recurrent, tmp_path / "net.pt2", layers=["ag*"], **{**SCALE, "input_size": (3, 16, 16)})
    said = " ".join(capsys.readouterr().err.split())
    assert said == f"{file}: 1 layer will be scored, those that it names: again × 3 steps"
    committed = ventral.export(nn.Sequential(nn.Conv2d(3, 3, 1), nn.Tanh()), tmp_path / "committed.pt2",
                               committed_layers={"IT": "1"}, **SCALE)
    assert scored(committed) == ["0", "1"], "the block, and what is committed beside it"
    assert json.dumps(ventral.inspect(committed).committed_layers) == '{"IT": "1"}'
