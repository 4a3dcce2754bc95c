import json
import warnings
import zipfile

import pytest
import torch
from torch import nn

import ventral
from ventral import modules

SCALE = {"input_size": (3, 8, 8), "mean": (0.5, 0.5, 0.5), "std": (0.25, 0.25, 0.25)}


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.drop = nn.Dropout(0.5)
        self.unused = nn.Linear(1, 1)
        self.lstm = nn.LSTM(4, 2, batch_first=True)
        self.register_buffer("calls", torch.zeros(1))

    def forward(self, x):
        self.calls += 1
        x = self.drop(self.conv(x)).flatten(2).transpose(1, 2)
        return self.lstm(x)[0].mean(1)


def card_of(file):
    with zipfile.ZipFile(file) as archive:
        return json.loads(archive.read(f"{file.stem}/extra/ventral.json"))


def test_writes_preprocessing_and_layers(tmp_path):
    file = ventral.export(Net(), tmp_path / "net.pt2", resize="shorter_side", resize_size=10, colour="bgr",
                          layers=["conv"], committed_layers={"V4": "conv"}, **SCALE)
    assert card_of(file) == {
        "format": 1, "layers": ["conv"], "committed_layers": {"V4": "conv"},
        "preprocessing": {"height": 8, "width": 8, "mean": [0.5] * 3, "std": [0.25] * 3, "resize": "shorter_side",
                          "resize_size": 10, "colour": "bgr"}}


def test_without_layers_none_are_written(tmp_path):
    file = ventral.export(Net(), tmp_path / "net.pt2", committed_layers={"V4": "conv"}, **SCALE)
    assert "layers" not in card_of(file) and card_of(file)["committed_layers"] == {"V4": "conv"}


def blocks():
    return nn.Sequential(*(nn.Sequential(nn.Conv2d(3, 3, 1), nn.ReLU()) for _ in range(12)))


@pytest.mark.parametrize("net, patterns, layers", [
    (Net, ["c*"], ["conv"]),
    (Net, ["lstm..0"], ["lstm..0"]),  # "lstm..1.0" has no row for each image
    (Net, ["lstm..*", "d?op"], ["lstm..0", "drop"]),
    (Net, ["**"], ["conv", "drop", "lstm..0"]),
    (blocks, ["*.0"], [f"{i}.0" for i in range(12)]),
    (blocks, ["*"], [str(i) for i in range(12)]),  # within one name
    (blocks, ["[2-4]", "3", "1[!0].1"], ["2", "3", "4", "11.1"]),  # what is named twice by patterns is scored once
])
def test_patterns_are_resolved_when_the_file_is_written(tmp_path, net, patterns, layers):
    assert card_of(ventral.export(net(), tmp_path / "net.pt2", layers=patterns, **SCALE))["layers"] == layers


def test_input_sampling_and_output_are_written(tmp_path):
    class Both(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.drop = nn.Conv3d(3, 4, 3), nn.Dropout(0.5)

        def forward(self, x):
            x = self.drop(self.conv(x.transpose(1, 2)).mean((2, 3, 4)))
            return {"logits": x, "more": (x * 2, x * 3)}

    file = ventral.export(Both(), tmp_path / "net.pt2", time_steps=4, samples=5, seed=7, output="more.1", **SCALE)
    card = card_of(file)
    assert (card["input"], card["sampling"], card["output"]) == ({"time_steps": 4}, {"samples": 5, "seed": 7}, "more.1")
    plain = card_of(ventral.export(Net(), tmp_path / "plain.pt2", **SCALE))
    assert not {"input", "sampling", "output"} & set(plain)


def test_dropout_stays_on_only_where_samples_are_stated(tmp_path):
    """And only what the caller left on: the service would run what the file holds."""
    def drops(file):
        program = torch.export.load(file)
        return [node.args[2] for node in program.graph.nodes if "dropout" in str(node.target)]

    net = Net().train()
    assert drops(ventral.export(net, tmp_path / "off.pt2", **SCALE)) == [False]
    assert drops(ventral.export(net, tmp_path / "on.pt2", samples=2, seed=0, **SCALE)) == [True]
    with pytest.raises(ValueError, match="draws no random numbers"):
        ventral.export(net.eval(), tmp_path / "net.pt2", samples=2, seed=0, **SCALE)


def test_drawing_leaves_the_callers_generator_alone(tmp_path):
    net = Net().train()
    before = torch.get_rng_state()
    ventral.export(net, tmp_path / "net.pt2", samples=2, seed=0, **SCALE)
    assert torch.equal(torch.get_rng_state(), before)


def test_says_which_layers_are_named_where_the_file_is_not_read_back(tmp_path, capsys):
    ventral.export(Net(), tmp_path / "net.pt2", layers=["co*"], verify=False, **SCALE)
    assert " ".join(capsys.readouterr().err.split()).endswith("net.pt2: 1 layer named, and not read back: conv")
    ventral.export(Net(), tmp_path / "net.pt2", verify=False, **SCALE)
    assert "names no layers, so the network's blocks will be scored" in " ".join(capsys.readouterr().err.split())
    ventral.export(Net(), tmp_path / "net.pt2", verify=False, quiet=True, **SCALE)
    assert capsys.readouterr() == ("", "")


def test_the_file_computes_what_the_network_does(tmp_path):
    net = Net().eval()
    program = torch.export.load(ventral.export(net, tmp_path / "net.pt2", **SCALE)).module()
    for batch in (1, 5):
        images = torch.randn(batch, 3, 8, 8)
        assert torch.allclose(program(images), net(images), atol=1e-6)


def test_leaves_the_network_as_it_was(tmp_path):
    net = Net().train()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    ventral.export(net, tmp_path / "net.pt2", **SCALE)
    assert net.training and net.drop.training
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
    assert not net.conv._forward_hooks


def test_the_file_depends_on_the_network_alone(tmp_path):
    torch.manual_seed(1)
    net = Net()
    files = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        files.append(ventral.export(net, tmp_path / folder / "net.pt2", **SCALE).read_bytes())
    assert files[0] == files[1]
    assert b"test_export.py" not in files[0] and b"site-packages" not in files[0]


def test_a_network_for_one_batch_size_is_written_for_it(tmp_path):
    class Unrolls(nn.Module):
        def forward(self, x):
            return torch.stack([image.mean() for image in x])

    with pytest.warns(UserWarning, match="written for 16"):
        file = ventral.export(nn.Sequential(nn.Conv2d(3, 1, 1), Unrolls()), tmp_path / "net.pt2", **SCALE)
    assert torch.export.load(file).module()(torch.ones(16, 3, 8, 8)).shape == (16,)


@pytest.mark.parametrize("options, message", [
    ({"layers": ["convs"]}, "no module 'convs'; near to it: conv"),
    ({"layers": ["unused"]}, "'unused' is not called"),
    ({"layers": ["lstm"]}, "'lstm' does not return one floating-point tensor"),
    ({"layers": ["conv", "conv"]}, r"\['conv'\] twice"),
    ({"layers": "conv"}, "list of module paths"),
    ({"layers": []}, "layers is empty"),
    ({"layers": ["c*", "layer*.conv"]}, r"no layer matches 'layer\*.conv'"),
    ({"layers": ["lstm"]}, "its layers are lstm..0$"),
    ({"layers": ["lstm..1.0"]}, "'lstm' does not return one floating-point tensor"),
    ({"layers": ["conv..0"]}, "returns one tensor: its layer is 'conv', not 'conv..0'"),
    ({"committed_layers": {"IT": "convs"}}, r"committed_layers\['IT'\]: the network has no module 'convs'"),
    ({"input_dtype": "float16"}, "input_dtype is one of float32, uint8, int32, int64, not 'float16'"),
    ({"input_dtype": torch.uint8}, r"a network that takes uint8 gets the 8-bit pixels as they are: mean must be \(0, 0, 0\)"),
    ({"time_steps": 0}, "time_steps is a whole number of time steps between 1 and 1024, not 0"),
    ({"time_steps": 2.0}, "time_steps is a whole number"),
    ({"samples": 3}, "samples and seed are stated together: seed is missing"),
    ({"seed": 3}, "samples and seed are stated together: samples is missing"),
    ({"samples": 0, "seed": 3}, "samples is a whole number of samples between 1 and 1000, not 0"),
    ({"samples": 1001, "seed": 3}, "samples is a whole number of samples between 1 and 1000"),
    ({"samples": 3, "seed": -1}, "seed is a whole number between 0 and"),
    ({"output": "logits"}, "returns one tensor, so there is no output 'logits' to choose"),
    ({"output": ""}, "output is the name of a tensor"),
    ({"layers": ["conv"], "committed_layers": {"IT": "drop"}}, r"committed_layers\['IT'\] is 'drop'"),
    ({"input_size": (1, 8, 8)}, "input_size is"),
    ({"input_size": (3, 0, 8)}, "height is a whole number of pixels"),
    ({"mean": (0.5,)}, "mean is one finite number for each of three channels"),
    ({"std": (1, 0, 1)}, "std must be positive"),
    ({"std": (1, float("nan"), 1)}, "std is one finite number"),
    ({"resize": "squash"}, "'stretch' or 'shorter_side', not 'squash'"),
    ({"resize": "shorter_side"}, "resize_size is a whole number"),
    ({"resize": "shorter_side", "resize_size": 7}, "smaller than the 8 × 8"),
    ({"resize_size": 9}, "meaning for resize='shorter_side' only"),
    ({"colour": "cmyk"}, "'rgb' or 'bgr', not 'cmyk'"),
])
def test_says_what_is_wrong_and_writes_nothing(tmp_path, options, message):
    with pytest.raises(ValueError, match=message):
        ventral.export(Net(), tmp_path / "net.pt2", **{**SCALE, **options})
    assert not list(tmp_path.iterdir())


def test_a_checkpoint_is_called_pt2(tmp_path):
    with pytest.raises(ValueError, match="ends in .pt2"):
        ventral.export(Net(), tmp_path / "net.pth", **SCALE)


def test_a_network_that_cannot_be_traced_says_so(tmp_path):
    class Branches(nn.Module):
        def forward(self, x):
            return x if x.sum() > 0 else -x

    with pytest.raises(ValueError, match="torch.export cannot write this network"):
        ventral.export(Branches(), tmp_path / "net.pt2", **SCALE)
    assert not list(tmp_path.iterdir())


def test_a_module_that_is_handed_a_size_keeps_its_output(tmp_path):
    class Shapes(nn.Module):
        def forward(self, x, rows: int):
            return x.reshape(rows, -1)

    class Outer(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 2, 1)
            self.shape = Shapes()

        def forward(self, x):
            return self.shape(self.conv(x), x.shape[0])

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        file = ventral.export(Outer(), tmp_path / "net.pt2", layers=["**"], **SCALE)
    assert card_of(file)["layers"] == ["conv", "shape"]
    assert torch.export.load(file).module()(torch.ones(3, 3, 8, 8)).shape == (3, 128)


def test_watch_counts_calls():
    net = nn.Sequential(nn.Conv2d(3, 3, 1), nn.ReLU())
    shared = nn.Sequential(net, net)
    seen = modules.watch(shared, torch.ones(2, 3, 4, 4))
    assert seen.modules["0"].calls == seen.modules["1"].calls == 2  # one module under two names
    assert seen.modules["0.0"].is_layer and seen.output == [""]


def test_an_output_that_the_network_has_not_is_named_with_those_that_it_has(tmp_path):
    class Two(nn.Module):
        def forward(self, x):
            return x.mean((2, 3)), [x, x]

    with pytest.raises(ValueError, match="the network returns no 'logits'; it returns 0, 1.0, 1.1"):
        ventral.export(nn.Sequential(nn.Conv2d(3, 2, 1), Two()), tmp_path / "net.pt2", output="logits", **SCALE)
    with pytest.raises(ValueError, match="the network returns no '..'; it"):
        ventral.export(nn.Sequential(nn.Conv2d(3, 2, 1), Two()), tmp_path / "net.pt2", output="..", **SCALE)
