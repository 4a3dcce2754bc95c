"""The README's example, as printed, against a real server and worker."""

import pathlib
import re

import pytest

README = pathlib.Path(__file__).resolve().parents[1] / "README.md"


def test_the_example_runs_as_printed(service, simulated, tmp_path, monkeypatch, capsys):
    pytest.importorskip("pandas")
    example = re.search(r"```python\n(.*?)```", README.read_text(), re.S).group(1)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VENTRAL_SERVER", service.address)
    exec(compile(example, str(README), "exec"), {})
    assert "two-convolutions" in capsys.readouterr().out
