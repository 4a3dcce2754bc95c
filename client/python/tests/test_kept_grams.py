"""Kept Grams: read from a file and from the service, against NumPy and the command."""

import json
import subprocess

import numpy
import pytest

import ventral
from conftest import PROGRAMS

PACK = "simulated-cortex"


@pytest.fixture(scope="module")
def kept(simulated, tmp_path_factory):
    """A file of `ventral score --keep-grams`."""
    if not (PROGRAMS / "ventral-evaluate").exists():
        pytest.skip(f"no programs in {PROGRAMS}; set VENTRAL_BIN")
    file = tmp_path_factory.mktemp("kept") / "student.grams"
    subprocess.run([PROGRAMS / "ventral", "score", simulated / "student.pt2", "--pack", simulated / PACK, "--device", "cpu",
                    "--threads", "1", "--keep-grams", file], check=True, stdout=subprocess.DEVNULL)
    return file


@pytest.mark.parametrize("distance", ["correlation", "cosine", "euclidean"])
def test_rdms_are_those_of_the_command(kept, tmp_path, distance):
    subprocess.run([PROGRAMS / "ventral", "rdms", kept, "--out", tmp_path, "--distance", distance], check=True,
                   stdout=subprocess.DEVNULL)
    index = json.loads((tmp_path / "index.json").read_text())
    grams = ventral.read_grams(kept)
    assert list(grams.stimuli) == index["stimuli"] and grams.checkpoint == index["checkpoint_sha256"]
    assert [gram.layer for gram in grams.layers] == [layer["layer"] for layer in index["layers"]]
    for gram, layer in zip(grams.layers, index["layers"]):
        wanted = numpy.load(tmp_path / layer["file"])
        assert wanted.shape == (len(grams.stimuli),) * 2 and (wanted == wanted.T).all() and not wanted.diagonal().any()
        assert wanted.max() > 0
        numpy.testing.assert_allclose(gram.rdm(distance), wanted, rtol=1e-9, atol=1e-12)


def test_condensed_rdms_are_the_upper_triangle(kept, tmp_path):
    for out, options in (("square", []), ("condensed", ["--condensed"])):
        subprocess.run([PROGRAMS / "ventral", "rdms", kept, "--out", tmp_path / out, "--layer", "pool", *options],
                       check=True, stdout=subprocess.DEVNULL)
    (file,) = (tmp_path / "square").glob("*.npy")
    square, condensed = numpy.load(file), numpy.load(tmp_path / "condensed" / file.name)
    assert (condensed == square[numpy.triu_indices(len(square), 1)]).all()


def test_a_file_that_is_none_is_refused(kept, tmp_path):
    good = kept.read_bytes()
    bad = tmp_path / "bad.grams"
    for data, says in ((good[:-1], "cut off"), (good[:5000], "cut off"), (b"no Grams, but longer than a header", "is none"),
                       (good.replace(b'"conv1"', b'"conv9"'), "SHA-256"), (good[:-100] + bytes([good[-100] ^ 1]) + good[-99:], "cannot be used")):
        bad.write_bytes(data)
        with pytest.raises(ventral.InvalidInputError, match=says):
            ventral.read_grams(bad)
    with pytest.raises(ventral.NotFoundError, match="gone.grams"):
        ventral.read_grams(tmp_path / "gone.grams")
    with pytest.raises(ventral.InvalidInputError, match="manhattan"):
        ventral.read_grams(kept).layers[0].rdm("manhattan")


def test_the_service_keeps_grams_and_scores_them_again(client, simulated, kept):
    model = ventral.Model("student-kept", architecture="Three convolutions", training_data="none", objective="none",
                          learning_rule="none")
    (job,) = client.submit(simulated / "student.pt2", packs=[PACK], model=model, progress=False).watch(progress=False)
    assert job.kind == "score" and job.grams_sha256
    grams = job.grams()
    assert grams.pack == PACK and len(grams.layers) == 4
    # The worker's batches and threads may differ from the laptop's in the last bits.
    for gram, laptop in zip(grams.layers, ventral.read_grams(kept).layers):
        numpy.testing.assert_allclose(gram.inner, laptop.inner, rtol=1e-6)
    assert not client.rescore(model="student-kept"), "nothing is outdated"
    (again,) = client.rescore(job=job.name[:12], force=True).watch(progress=False)
    assert again.kind == "rescore" and again.grams_sha256 == job.grams_sha256
    assert [score.raw for score in again.scores()] == [score.raw for score in job.scores()]
    with pytest.raises(ventral.NotFoundError, match="nobody"):
        client.rescore(model="nobody")
