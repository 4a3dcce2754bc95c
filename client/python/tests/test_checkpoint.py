import json
import zipfile

import pytest

import ventral
from ventral import checkpoint

PREPROCESSING = ventral.Preprocessing(8, 9, (0.1, 0.2, 0.3), (1.0, 1.0, 1.0))
MODEL = ventral.Model("my-net", architecture="Two convolutions", learning_rule="none", licence="MIT")


def write(file, text, times=1):
    with zipfile.ZipFile(file, "w") as archive:
        for folder in range(times):
            archive.writestr(f"net{folder}/extra/ventral.json", text)
    return file


def test_a_card_comes_back_as_it_was_written(tmp_path):
    card = ventral.Card(PREPROCESSING, ("a", "b"), {"IT": "b"}, {"b": (0.0, 50.5)}, MODEL, ventral.Input(time_steps=4),
                        ventral.Sampling(10, 3), "logits")
    assert checkpoint.read(write(tmp_path / "net.pt2", card.to_json())) == card
    pixels = ventral.Card(ventral.Preprocessing(8, 9, (0, 0, 0), (1, 1, 1)), input=ventral.Input("uint8"))
    assert checkpoint.read(write(tmp_path / "pixels.pt2", pixels.to_json())) == pixels


def test_what_is_not_stated_is_not_written():
    assert set(json.loads(ventral.Card(PREPROCESSING).to_json())) == {"format", "preprocessing", "committed_layers"}


@pytest.mark.parametrize("text, message", [
    ("{", "is no checkpoint"), ("[]", "not of format 1"), ('{"format": 2}', "not of format 1"),
    ('{"format": 1}', "'preprocessing' is missing"), ('{"format": 1, "preprocessing": {"height": 1}}', "'mean' is missing"),
    ("[" * 100_000, "is no checkpoint")])
def test_names_the_file_and_what_is_wrong(tmp_path, text, message):
    with pytest.raises(ValueError, match=f"net.pt2.*{message}"):
        checkpoint.read(write(tmp_path / "net.pt2", text))


def test_needs_one_card(tmp_path):
    with pytest.raises(ValueError, match="no extra/ventral.json"):
        checkpoint.read(write(tmp_path / "none.pt2", "", times=0))
    with pytest.raises(ValueError, match="no extra/ventral.json"):
        checkpoint.read(write(tmp_path / "two.pt2", ventral.Card(PREPROCESSING, ("a",)).to_json(), times=2))
    (tmp_path / "text.pt2").write_text("no zip")
    with pytest.raises(ValueError, match="text.pt2 is no checkpoint"):
        checkpoint.read(tmp_path / "text.pt2")


@pytest.mark.parametrize("name", ["", "My-Net", "-net", "a/b", "a" * 101, None, "netÄ"])
def test_a_models_name_is_one_that_the_server_takes(name):
    with pytest.raises(ValueError, match="a model's name is"):
        ventral.Model(name)


def test_a_field_that_is_too_long_is_named():
    with pytest.raises(ValueError, match="model.reference is a text of at most 2000 bytes"):
        ventral.Model("net", reference="ä" * 1001)


@pytest.mark.parametrize("times", [[], [float("nan")], [1, 1], [2, 1]])
def test_a_time_map_rises(times):
    with pytest.raises(ValueError, match=r"time_map\['it'\]"):
        checkpoint.check_time_map({"it": times})
