"""extract_test.py: ventral-extract against eager PyTorch on real images, and its failures.

VENTRAL_EXTRACT names the program, VENTRAL_SHARED the folder of real networks and recordings. Run by pytest.
"""

import json
import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest
import torch
from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "client/python"), str(ROOT / "tests/conformance"), str(ROOT / "tests/unit/network")]

import extract_frames as frames
import make_fixtures
import networks
import reference
import ventral
from ventral import export_known

PROGRAM = os.environ["VENTRAL_EXTRACT"]
SHARED = pathlib.Path(os.environ["VENTRAL_SHARED"])
IMAGES = sorted((SHARED / "data/kriegeskorte2008_92images/stimuli").glob("*.png"))[:24]
needs_shared = pytest.mark.skipif(not (SHARED / "models").is_dir() or not IMAGES, reason="needs the shared data folder")


def prepared(files, entry) -> torch.Tensor:
    height, width = entry["input"][1:]
    batch = []
    for file in files:
        image = Image.open(file).convert("RGB")
        image = image.resize((width, image.height), Image.BILINEAR).resize((width, height), Image.BILINEAR)
        batch.append(torch.from_numpy(np.array(image)).permute(2, 0, 1).float() / 255)
    channel = lambda values: torch.tensor(values)[:, None, None]
    return (torch.stack(batch) - channel(entry["mean"])) / channel(entry["std"])


@needs_shared
@pytest.mark.parametrize("name, seed, budget", [
    ("squeezenet1_1", None, 1 << 30), ("squeezenet1_1", None, 60 << 20), ("squeezenet1_1", 1, 1 << 30),
    ("mobilenet_v2_1.0_224", None, 1 << 30), ("cifar_resnet20", None, 1 << 30)])
def test_grams_equal_eager_pytorch(tmp_path, name, seed, budget):
    net, entry = export_known.load(SHARED / "models", name, seed)
    layers = export_known.layers_of(net, entry["class"])
    assert 8 <= len(layers) <= 21
    file = tmp_path / "net.pt2"
    ventral.export(net, file, input_size=tuple(entry["input"]), mean=entry["mean"], std=entry["std"], layers=layers, verify=False)
    answer = frames.extract(PROGRAM, file, IMAGES, memory_budget_bytes=budget)
    wanted = reference.activations(net, prepared(IMAGES, entry), layers)

    plan = answer[0][1]
    assert answer[0][0] == frames.PLAN and answer[-1][0] == frames.DONE
    assert sorted(layer["path"] for layer in plan["layers"]) == sorted(layers)
    assert plan["activation_bytes"] == 4 * sum(wanted[layer, 0].numel() for layer in layers)
    assert plan["passes"] == -(-plan["activation_bytes"] // budget)
    grams = {message[0]["path"]: message for kind, message in answer if kind == frames.GRAM}
    assert sorted(grams) == sorted(layers)
    for layer in layers:
        head, row_sums, inner = grams[layer]
        x = wanted[layer, 0].flatten(1).double().numpy()
        assert head["features"] == x.shape[1] and not head["inferred"]
        product = x @ x.T
        assert np.abs(inner - product).max() <= 1e-4 * np.abs(product).max(), layer
        assert np.abs(row_sums - x.sum(1)).max() <= 1e-4 * np.abs(x).sum(1).max(), layer
        assert (inner == inner.T).all()


def small(tmp_path, change=lambda net: None) -> pathlib.Path:
    net = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.ReLU())
    with torch.no_grad():
        change(net)
    return ventral.export(net, tmp_path / "small.pt2", input_size=(3, 8, 8), mean=(0, 0, 0), std=(1, 1, 1), verify=False)


def one_image(tmp_path, name="one", colour=(10, 200, 30)) -> pathlib.Path:
    Image.new("RGB", (8, 8), colour).save(tmp_path / f"{name}.png")
    return tmp_path / f"{name}.png"


def failure(answer) -> dict:
    kind, message = answer[-1]
    assert kind == frames.FAILURE
    assert frames.DONE not in [kind for kind, _ in answer]
    return message


def grams_of(answer) -> dict[str, np.ndarray]:
    assert answer[-1][0] == frames.DONE, answer[-1]
    return {message[0]["path"]: message[2] for kind, message in answer if kind == frames.GRAM}


def exported(tmp_path, net, **more) -> pathlib.Path:
    scale = {"mean": (0.5,) * 3, "std": (0.25,) * 3}
    return ventral.export(net, tmp_path / "net.pt2", input_size=(3, 8, 8), verify=False, **{**scale, **more})


@pytest.mark.parametrize("precision, tolerance", [("bfloat16", 0.05), ("float16", 0.005)])
def test_half_precision_in_the_seal(tmp_path, precision, tolerance):
    """Against eager PyTorch in the same precision, as far as its own rounding lets them differ; and near to float32."""
    torch.manual_seed(3)
    net = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3), torch.nn.BatchNorm2d(8), torch.nn.GELU(), torch.nn.Flatten(),
                              torch.nn.Linear(288, 16), torch.nn.LayerNorm(16)).eval()
    images = [one_image(tmp_path, "one", (10, 200, 30)), one_image(tmp_path, "two", (250, 20, 130))]
    file = exported(tmp_path, net, layers=["2", "4", "5"])
    exact = grams_of(frames.extract(PROGRAM, file, images))
    answer = frames.extract(PROGRAM, file, images, precision=precision)
    assert answer[0][1]["precision"] == precision
    for layer, gram in grams_of(answer).items():
        difference = np.abs(gram - exact[layer]).max() / np.abs(exact[layer]).max()
        assert 1e-7 < difference < tolerance, layer


def test_random_numbers_in_the_seal(tmp_path):
    file = exported(tmp_path, networks.Noisy(), layers=["conv", "head"], samples=3, seed=1)
    images = [one_image(tmp_path, "one", (10, 200, 30)), one_image(tmp_path, "two", (250, 20, 130))]
    first, again, other = (grams_of(frames.extract(PROGRAM, file, images, samples=samples, seed=seed, threads=threads))
                           for samples, seed, threads in ((0, 0, 2), (3, 1, 1), (3, 2, 2)))
    for layer in ("conv", "head"):
        assert (first[layer] == again[layer]).all(), layer
        assert (first[layer] != other[layer]).any(), layer


def test_blocks_where_no_layers_are_named_and_patterns_where_a_job_asks(tmp_path):
    net = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.ReLU(), torch.nn.Sequential(torch.nn.Conv2d(4, 5, 3)))
    file = exported(tmp_path, net)
    images = [one_image(tmp_path)]
    assert sorted(grams_of(frames.extract(PROGRAM, file, images))) == ["0", "2.0"]
    assert sorted(grams_of(frames.extract(PROGRAM, file, images, layers=["*"]))) == ["0", "1", "2"]
    message = failure(frames.extract(PROGRAM, file, images, layers=["features.*"]))
    assert message["cause"] == "invalid_checkpoint" and "no layer of the network matches 'features.*'" in str(message)


def test_a_time_axis_and_whole_numbers(tmp_path):
    """What the network computes from clips of one image, and from pixels, in numpy's own words."""
    class Mean(torch.nn.Module):
        def forward(self, x):
            return x.float().mean((-1, -2))

    images = [one_image(tmp_path, "one", (10, 200, 30)), one_image(tmp_path, "two", (250, 20, 130))]
    pixels = np.array([(10, 200, 30), (250, 20, 130)], float)
    for about, stated, wanted in (
            ({"time_steps": 3}, {"time_steps": 3}, np.tile((pixels / 255 - 0.5) / 0.25, 3)),
            ({"input_dtype": "uint8", "mean": (0, 0, 0), "std": (1, 1, 1)}, {"dtype": "uint8"}, pixels)):
        file = exported(tmp_path, torch.nn.Sequential(Mean()), layers=["0"], **about)
        answer = frames.extract(PROGRAM, file, images)
        assert np.allclose(grams_of(answer)["0"], wanted @ wanted.T, rtol=1e-5), stated
        assert json.loads(answer[0][1]["preprocessing"]).items() >= stated.items()


def test_a_file_that_is_no_network(tmp_path):
    (tmp_path / "text.pt2").write_text("hello")
    message = failure(frames.extract(PROGRAM, tmp_path / "text.pt2", [one_image(tmp_path)]))
    assert message["cause"] == "invalid_checkpoint"
    assert "text.pt2 is no network: not a zip archive" in str(message)


def test_nan_weights_name_layer_and_stimulus(tmp_path):
    file = small(tmp_path, lambda net: net[0].weight[0, 0, 0, 0].fill_(float("nan")))
    message = failure(frames.extract(PROGRAM, file, [one_image(tmp_path)]))
    assert message["cause"] == "invalid_checkpoint"
    assert "layer 0: NaN or infinite activations for stimulus" in str(message) and "one.png" in str(message)


def test_a_budget_that_is_too_small(tmp_path):
    message = failure(frames.extract(PROGRAM, small(tmp_path), [one_image(tmp_path)], memory_budget_bytes=3))
    assert message["cause"] == "out_of_memory"
    assert "the memory budget is 3 bytes" in str(message)


def test_more_memory_than_there_is(tmp_path):
    """A graph of a few bytes that asks for terabytes: the allocator's refusal has a cause of its own."""
    file = tmp_path / "greedy.pt2"
    net = torch.nn.Sequential(torch.nn.Conv2d(3, 3, 1))
    ventral.export(net, file, input_size=(3, 8, 8), mean=(0, 0, 0), std=(1, 1, 1), verify=False)
    craft = make_fixtures.Crafter(file, tmp_path / "crafted")
    craft.graph("greedy.pt2", lambda graph: graph["nodes"].insert(0, make_fixtures.node(
        "aten.repeat.default", [make_fixtures.named("self", as_tensor={"name": graph["inputs"][-1]["as_tensor"]["name"]}),
                                make_fixtures.named("repeats", as_ints=[1, 1, 1 << 17, 1 << 17])])))
    message = failure(frames.extract(PROGRAM, tmp_path / "crafted/greedy.pt2", [one_image(tmp_path)]))
    assert message["cause"] == "out_of_memory", message


def test_a_checkpoint_that_is_not_there_is_ours(tmp_path):
    message = failure(frames.extract(PROGRAM, tmp_path / "missing.pt2", [one_image(tmp_path)]))
    assert message["cause"] == "infrastructure"


@pytest.mark.parametrize("sent", [b"", b"garbage" * 10, frames.frame(frames.EXTRACT_REQUEST, b"{}"),
                                  frames.frame(frames.PLAN, b"{}"), frames.frame(frames.EXTRACT_REQUEST, b"{}", version=9),
                                  frames.frame(frames.EXTRACT_REQUEST, b"[]" * 100)[:50]])
def test_a_bad_request_is_ours(sent):
    answer, status = frames.talk(PROGRAM, sent)
    assert failure(answer)["cause"] == "infrastructure"
    assert status == 1


def test_help_and_version():
    for flag, words in (("--help", "ventral score"), ("--version", "ventral-extract ")):
        done = subprocess.run([PROGRAM, flag], capture_output=True, text=True, check=True)
        assert words in done.stdout
