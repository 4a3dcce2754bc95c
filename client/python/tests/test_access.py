"""Which token goes to which server, and that it arrives: a real server with accounts."""

import pytest

import ventral
from ventral import access

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
