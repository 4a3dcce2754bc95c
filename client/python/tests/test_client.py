"""The client against a real server, worker and database."""

import dataclasses
import threading
import time

import pytest

import ventral

RIDGE = "simulated-cortex.neurons.ridge"
RSA = "simulated-cortex.subjects.rsa"
PACK = "simulated-cortex"


def model(name):
    return ventral.Model(name, architecture="Three convolutions", training_data="none", objective="none",
                         learning_rule="none", licence="CC0-1.0")


@pytest.fixture(scope="session")
def teacher(service, simulated):
    """A job that has succeeded."""
    with ventral.connect(service.address) as client:
        jobs = client.submit(simulated / "teacher.pt2", packs=[PACK], model=model("teacher"))
        return jobs.watch(progress=False)[0]


def test_a_checkpoint_becomes_scores(client, teacher):
    assert (teacher.state, teacher.model, teacher.pack) == ("succeeded", "teacher", PACK)
    scores = {score.benchmark: score for score in client.job(teacher.name).scores()}
    assert set(scores) == {RIDGE, RSA}
    ridge = scores[RIDGE]
    assert ridge.interval[0] <= ridge.raw <= ridge.interval[1]
    assert 0.9 < ridge.normalised < 1.1, "the teacher reaches its ceiling"
    assert [layer.layer for layer in ridge.layers] == ["conv1", "conv2", "conv3", "pool"]
    assert ridge.layer == "pool" and ridge.raw == max(layer.raw for layer in ridge.layers)
    assert client.score(ridge.name) == ridge


def test_the_leaderboard_and_the_models_page_have_the_same_digits(client, teacher):
    board = client.leaderboard(RIDGE)
    assert board.benchmarks == (RIDGE,) and board.policy
    row = next(row for row in board if row.model == "teacher")
    page = client.show("teacher")
    assert page.model == dataclasses.replace(model("teacher"), display_name="teacher") or page.model == model("teacher")
    shown = {score.benchmark: score for score in page.scores}[RIDGE]
    assert row.cells[RIDGE].score == shown.name and row.cells[RIDGE].raw == shown.raw
    listed = client.scores(model="teacher", benchmark=RIDGE)
    assert [score.name for score in listed] == [shown.name] and listed[0].layers == ()


def test_the_leaderboard_is_followed_over_its_pages(client, teacher, simulated, monkeypatch):
    client.submit(simulated / "teacher.pt2", packs=[PACK], model=model("same"), progress=False).watch(progress=False)
    board = client.leaderboard(RIDGE)
    assert {"teacher", "same"} <= {row.model for row in board}
    monkeypatch.setattr("ventral.client._PAGE", 1)
    assert client.leaderboard(RIDGE) == board and client.leaderboard(RIDGE).benchmarks == (RIDGE,)
    assert list(client.leaderboard(RIDGE, limit=1)) == list(board[:1])
    with pytest.raises(ventral.InvalidInputError, match="limit"):
        client.leaderboard(limit=0)


def test_models_are_compared(client, teacher):
    comparison = client.compare(RIDGE, "teacher", correction="holm")
    assert [row.model for row in comparison] == ["teacher"] and comparison[0].tier == 1
    assert comparison.correction == "holm" and comparison.pairs == {} and comparison.notes == ()
    zero = comparison[0].against_zero
    assert zero.difference == comparison[0].raw and zero.interval[0] > 0 and zero.adjusted_p < 0.05
    with pytest.raises(ventral.NotFoundError, match="nobody"):
        client.compare(RIDGE, "nobody")


def test_tables_become_frames(client, teacher):
    pandas = pytest.importorskip("pandas")
    board = client.leaderboard().to_frame()
    assert isinstance(board, pandas.DataFrame) and {"rank", "model", RIDGE, RSA} <= set(board.columns)
    assert list(client.packs().to_frame()["pack"]) == [PACK]
    assert "teacher" in set(client.jobs().to_frame()["model"])
    layers = client.show("teacher").scores[0].to_frame()
    assert list(layers["layer"]) == ["conv1", "conv2", "conv3", "pool"]
    assert "<table" in client.jobs()._repr_html_()


def test_packs_are_described(client):
    pack = client.pack(PACK)
    assert (pack.stimuli, set(pack.benchmarks)) == (400, {RIDGE, RSA})
    assert list(client.packs()) == [pack]


def test_the_same_request_makes_the_same_job_and_another_one_another(client, simulated, teacher):
    ask = {"packs": [PACK], "model": model("teacher"), "progress": False}
    first = client.submit(simulated / "teacher.pt2", request_id="again", **ask)[0]
    second = client.submit(simulated / "teacher.pt2", request_id="again", **ask)[0]
    other = client.submit(simulated / "teacher.pt2", **ask)[0]
    assert first.name == second.name != other.name
    for job in (first, other):
        job.watch(progress=False)


def test_the_model_is_the_one_that_the_file_states(client, recurrent, tmp_path):
    file = ventral.export(recurrent, tmp_path / "net.pt2", input_size=(3, 16, 16), mean=(0.5,) * 3, std=(0.5,) * 3,
                          time_map={"again": [10, 20, 30]}, model=model("stated-by-the-file"))
    job = client.submit(file, packs=[PACK], progress=False).watch(progress=False)[0]
    assert client.show("stated-by-the-file").model.architecture == "Three convolutions"
    assert {(layer.layer, layer.step) for layer in job.scores()[0].layers} == {
        ("enter", 0), ("again", 0), ("again", 1), ("again", 2)}


def test_a_job_can_be_cancelled_and_queued_again(service, client, simulated):
    service.kill("ventral-worker")
    try:
        job = client.submit(simulated / "student.pt2", packs=[PACK], model=model("student"), progress=False)[0]
        assert job.refresh().state == "queued"
        assert job.cancel().state == "cancelled"
        with pytest.raises(ventral.JobFailed, match="was cancelled") as failed:
            job.watch(progress=False)
        assert failed.value.job.name == job.name
        assert job.watch(progress=False, check=False).state == "cancelled"
        with pytest.raises(ventral.ConflictError) as conflict:
            job.cancel()
        assert conflict.value.code == "FAILED_PRECONDITION"
        assert [found.name for found in client.jobs(state="cancelled")] == [job.name]
        assert job.retry().state == "queued"
    finally:
        service.start_worker()
    assert job.watch(progress=False).state == "succeeded"


def test_watching_goes_on_when_the_server_dies_and_comes_back(service, client, simulated, capsys):
    service.kill("ventral-worker")
    job = client.submit(simulated / "random.pt2", packs=[PACK], model=model("random"), progress=False)[0]

    def disturb():
        time.sleep(0.5)
        service.kill("ventral-server")
        time.sleep(1)
        service.start_server()
        service.start_worker()

    disturbing = threading.Thread(target=disturb)
    disturbing.start()
    try:
        ended = job.watch()
    finally:
        disturbing.join()
    assert ended.state == "succeeded"
    said = capsys.readouterr().err
    assert "the connection was cut" in said and "random on simulated-cortex" in said


def test_a_beginning_of_an_id_is_enough(client, teacher):
    assert client.job(teacher.name[:13]).name == teacher.name
    assert client.job(f"jobs/{teacher.name.upper()}").name == teacher.name
    with pytest.raises(ventral.InvalidInputError, match="too short"):
        client.job("abc")
    with pytest.raises(ventral.NotFoundError, match="no job's id begins with"):
        client.job("zzzz")


def test_errors_have_the_servers_words_and_status(client, simulated, tmp_path):
    with pytest.raises(ventral.NotFoundError, match="no-such-pack") as missing:
        client.submit(simulated / "teacher.pt2", packs=["no-such-pack"], model=model("teacher"))
    assert missing.value.code == "NOT_FOUND"
    with pytest.raises(ventral.NotFoundError, match="neurons.ridge"):  # the nearest ones are named
        client.leaderboard("simulated-cortex.neurons.rigde")
    with pytest.raises(ventral.InvalidInputError, match="'done' is no state"):
        client.jobs(state="done")
    with pytest.raises(ventral.InvalidInputError, match="packs is a list"):
        client.submit(simulated / "teacher.pt2", packs=PACK)
    with pytest.raises(ventral.InvalidInputError, match=r"states no model.*Model\(name='teacher'\)"):
        client.submit(simulated / "teacher.pt2", packs=[PACK])
    with pytest.raises(ventral.NotFoundError, match="there is no file"):
        client.submit(tmp_path / "none.pt2", packs=[PACK], model=model("none"))
    (tmp_path / "empty.pt2").touch()
    with pytest.raises(ventral.InvalidInputError, match="empty.pt2 is empty"):
        client.submit(tmp_path / "empty.pt2", packs=[PACK], model=model("none"))


def test_a_job_that_fails_says_why(client, tmp_path):
    (tmp_path / "text.pt2").write_text("no network at all")
    with pytest.raises(ventral.JobFailed, match="invalid_checkpoint.*is no network") as failed:
        client.submit(tmp_path / "text.pt2", packs=[PACK], model=model("text"), progress=False).watch(progress=False)
    assert failed.value.job.failure.cause == "invalid_checkpoint"


def test_a_job_tells_what_its_run_takes(client, teacher):
    estimate = client.job(teacher.name).estimate
    assert estimate.passes == 1
    assert 0 < estimate.gram_bytes < estimate.memory_bytes


def test_a_server_that_is_not_there_is_named():
    with ventral.connect("127.0.0.1:1") as client:
        client._channel.await_server = lambda seconds: False  # the five seconds' patience
        with pytest.raises(ventral.UnavailableError, match=r"cannot reach the Ventral server at 127.0.0.1:1.*quickstart"):
            client.packs()
