import pytest

import ventral
from ventral import address


def test_the_argument_wins_then_the_environment_then_the_file_then_the_default(tmp_path):
    (tmp_path / "ventral").mkdir()
    (tmp_path / "ventral/config").write_text("# mine\n server = from-file:3 # here\n")
    environment = {"VENTRAL_SERVER": "from-environment:2", "XDG_CONFIG_HOME": str(tmp_path)}
    assert address.resolve("argument:1", environment) == "argument:1"
    assert address.resolve(None, environment) == "from-environment:2"
    assert address.resolve(None, {**environment, "VENTRAL_SERVER": ""}) == "from-file:3"
    assert address.resolve(None, {"HOME": str(tmp_path)}) == "127.0.0.1:7411"
    assert address.resolve(None, {}) == "127.0.0.1:7411"


@pytest.mark.parametrize("server", ["host:1", "[::1]:7411", "127.0.0.1:65535", "unix:/run/ventral.sock"])
def test_takes(server):
    assert address.resolve(server, {}) == server


@pytest.mark.parametrize("server", ["host", "host:", ":7411", "host:0", "host:65536", "host:x", "::1:7411", "a b:1",
                                    "http://host:1", "unix:", "unix:/" + 107 * "x", "host:١"])
def test_refuses_and_names_the_source(server):
    with pytest.raises(ventral.InvalidInputError, match=r"\(from VENTRAL_SERVER\) is no address"):
        address.resolve(None, {"VENTRAL_SERVER": server})


def test_names_file_and_line_of_an_unknown_setting(tmp_path):
    file = tmp_path / ".config/ventral/config"
    file.parent.mkdir(parents=True)
    file.write_text("\nsever = host:1\n")
    with pytest.raises(ventral.InvalidInputError, match=f"{file}, line 2: 'sever' is no setting"):
        address.resolve(None, {"HOME": str(tmp_path)})
