"""ventral.export_torchscript: through the reader that workers use."""

import pytest
import torch
from torch import nn

import ventral

SCALE = {"input_size": (3, 16, 16), "mean": (0.5, 0.5, 0.5), "std": (0.25, 0.25, 0.25)}


@pytest.fixture(autouse=True)
def needs_the_program(reader):
    if not (reader / "ventral-extract").exists():
        pytest.skip(f"no ventral and ventral-extract in {reader}; set VENTRAL_BIN")


@pytest.fixture
def script():
    return torch.jit.script(nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Sequential(nn.Flatten(), nn.Linear(784, 5))).eval())


def test_its_modules_are_seen_with_what_they_cost(script, tmp_path):
    file = ventral.export_torchscript(script, tmp_path / "net.pt", **SCALE, layers=["0", "2.1"],
                                      model=ventral.Model("old", architecture="small"))
    seen = ventral.inspect(file)
    assert [layer.path for layer in seen] == ["0", "1", "2.0", "2.1", "2"]
    assert [layer.path for layer in seen if layer.scored] == ["0", "2.1"]
    assert seen[0].shape == (4, 14, 14) and seen[0].multiply_adds == 4 * 14 * 14 * 27
    assert seen[4].parameters == seen[3].parameters == 785 * 5 and seen[4].multiply_adds == 784 * 5
    assert seen.model == {"name": "old", "architecture": "small"}


def test_an_old_file_gets_a_card_and_the_blocks_are_chosen(script, tmp_path, capsys):
    torch.jit.save(script, tmp_path / "old.pt")
    with pytest.raises(ventral.RefusedError, match="no extra/ventral.json"):
        ventral.inspect(tmp_path / "old.pt")
    file = ventral.export_torchscript(tmp_path / "old.pt", tmp_path / "new.pt", **SCALE)
    assert [layer.path for layer in ventral.inspect(file) if layer.scored] == ["0", "2.1"]
    assert "2 layers will be scored, the network's blocks" in " ".join(capsys.readouterr().err.split())


def test_what_the_service_would_refuse_is_not_written(script, tmp_path):
    with pytest.raises(ventral.RefusedError, match="layer 'nowhere' of ventral.json is no module"):
        ventral.export_torchscript(script, tmp_path / "net.pt", **SCALE, layers=["nowhere"])
    with pytest.raises(ValueError, match="ends in .pt"):
        ventral.export_torchscript(script, tmp_path / "net.pt2", **SCALE)
    assert list(tmp_path.iterdir()) == []
