"""Which token goes to which server, and that it arrives: a real server with accounts."""

import pytest

import ventral
from ventral import access, calls, errors, upload

OWN = "127.0.0.1:7000"


@pytest.fixture
def write(tmp_path):
    def write_file(name, text, mode=0o600):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(mode)
        return str(tmp_path / name)
    return write_file


def test_a_token_comes_from_the_first_that_has_one(write):
    config = write("config", f"server = {OWN}\ntoken = ventral_config\n")
    environment = {"VENTRAL_TOKEN": "ventral_variable", "VENTRAL_TOKEN_FILE": write("file", "ventral_file\r\n"),
                   "VENTRAL_CONFIG": config}
    assert access.resolve(OWN, token="ventral_argument", environment=environment).token == "ventral_argument"
    assert access.resolve(OWN, token_file=write("mine", "ventral_mine\n"), environment=environment).token == "ventral_mine"
    assert access.resolve(OWN, environment=environment).token == "ventral_variable"
    del environment["VENTRAL_TOKEN"]
    assert access.resolve(OWN, environment=environment).token == "ventral_file"
    del environment["VENTRAL_TOKEN_FILE"]
    assert access.resolve(OWN, environment=environment).token == "ventral_config"
    assert access.resolve(OWN, environment={}).token == ""


def test_the_configurations_token_is_for_its_server_only(write):
    write("mine", "ventral_a")
    environment = {"VENTRAL_CONFIG": write("config", "server = lab:1\ntoken_file = mine\ntls_ca = system\n")}
    assert access.resolve("lab:1", environment=environment) == access.Access("ventral_a", "system")
    assert access.resolve("evil:1", environment=environment) == access.Access()


def test_a_token_that_others_can_read_goes_nowhere(write):
    with pytest.raises(ventral.NotAllowedError, match="chmod 600"):
        access.resolve(OWN, token_file=write("token", "ventral_a", 0o644), environment={})
    with pytest.raises(ventral.NotAllowedError, match="in the clear"):
        access.resolve("lab:1", token="ventral_a", environment={})
    assert access.resolve("lab:1", token="ventral_a", insecure=True, environment={}).token == "ventral_a"
    assert access.resolve("lab:1", environment={}).token == ""


def test_what_is_wrong_is_named_and_the_token_is_not_shown(write):
    with pytest.raises(ventral.InvalidInputError, match="VENTRAL_TOKEN holds no token") as caught:
        access.resolve(OWN, environment={"VENTRAL_TOKEN": "hunter2"})
    assert "hunter2" not in str(caught.value)
    with pytest.raises(ventral.InvalidInputError, match="go together"):
        access.resolve(OWN, tls_cert="a.pem", environment={})
    with pytest.raises(ventral.InvalidInputError, match="cannot read the certificate or key /no/such"):
        ventral.connect(OWN, tls_ca="/no/such")
    assert "ventral_a" not in repr(access.Access("ventral_a"))


def test_a_server_with_accounts_lets_in_who_shows_a_token(service, tmp_path):
    address = service.start_server_with_accounts(tmp_path)
    token = tmp_path / "admin-token"
    with ventral.connect(address) as client:
        with pytest.raises(ventral.NotAllowedError, match="wants a token") as caught:
            client.packs()
        assert caught.value.code == "UNAUTHENTICATED"
    with ventral.connect(address, token_file=token) as client:
        assert [pack.name for pack in client.packs()] == ["simulated-cortex"]
    with ventral.connect(address, token="ventral_" + 64 * "0") as client:
        with pytest.raises(ventral.NotAllowedError, match="not known"):
            client.packs()


@pytest.mark.parametrize(("server", "tls_ca", "direct"), [
    ("127.0.0.1:7411", "", True), ("127.0.0.1:7411", "ca.pem", True), ("lab:7411", "", True), ("lab:7411", "ca.pem", False)])
def test_a_proxy_is_asked_only_where_tls_hides_the_token_from_it(monkeypatch, tmp_path, server, tls_ca, direct):
    opened = []
    monkeypatch.setattr(calls.grpc, "insecure_channel", lambda server, options: opened.append(dict(options)))
    monkeypatch.setattr(calls.grpc, "secure_channel", lambda server, credentials, options: opened.append(dict(options)))
    (tmp_path / "ca.pem").write_text("a CA")
    calls.Channel(server, access.Access(tls_ca=str(tmp_path / tls_ca) if tls_ca else ""))
    assert opened[0].get("grpc.enable_http_proxy", 1) == (0 if direct else 1)


def test_an_upload_waits_while_the_server_has_no_room(monkeypatch, tmp_path):
    (tmp_path / "net.pt2").write_bytes(b"weights")
    tries = []

    def no_room_at_first(*_):
        tries.append(1)
        if len(tries) < 4:
            raise errors.BusyError("as many as it can")
    monkeypatch.setattr(upload, "_upload", no_room_at_first)
    monkeypatch.setattr(upload.time, "sleep", lambda seconds: None)

    class Missing:
        missing_sha256 = ("it",)

    class Channel:
        def stub(self, kind):
            return type("Stub", (), {"FindMissingBlobs": None})

        def twice(self, method, request):
            return Missing()
    assert upload.upload_missing(Channel(), upload.read_local_file(tmp_path / "net.pt2"), lambda done, total: None)
    assert len(tries) == 4
