"""Settings of files: profiles, spellings, and errors that say where to look."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pysnow.config.environment import user_file
from pysnow.config.toml_file import ConfigFile, ExposedSecretWarning, read_file
from pysnow.exceptions import InvalidUsage

RUST = """\
[instance]
url = "mycompany"
[auth]
method = "basic"
username = "ada"
password = "canary"
[auth.oauth]
client_id = "abc"
[schema]
release = "xanadu"
overlay = "./custom.json"
[transport]
timeout_secs = 30
max_retries = 3
rate_limit = 20
preferred = "rest"
graphql_fallback = true
graphql_batch_threshold = 5
"""


def written(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "servicenow.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def values(read: ConfigFile, profile: str | None = None) -> dict[str, Any]:
    return {name: has.value for name, has in read.layer(profile).items() if name != "password"}


def test_keys_of_the_neighbour__are_understood(tmp_path: Path) -> None:
    assert values(read_file(written(tmp_path, RUST))) == {
        "instance": "mycompany",
        "auth_method": "basic",
        "user": "ada",
        "client_id": "abc",
        "schema_release": "xanadu",
        "schema_overlay": str(tmp_path / "custom.json"),
        "timeout": 30,
        "max_retries": 3,
        "rate_limit": 20,
    }


def test_profile__goes_before_what_stands_at_the_top(tmp_path: Path) -> None:
    text = 'user = "ada"\ninstance = "dev1"\n[profiles.prod]\ninstance = "acme"\nread_only = true\n'
    read = read_file(written(tmp_path, text))
    assert values(read, "prod") == {"user": "ada", "instance": "acme", "read_only": True}
    assert values(read) == {"user": "ada", "instance": "dev1"}


def test_origin__is_file_line_and_profile(tmp_path: Path) -> None:
    path = written(tmp_path, 'user = "ada"\n\n[profiles.prod]\n# a comment\ninstance = "acme"\n')
    assert read_file(path).layer("prod")["instance"].origin == f"{path}:5 [profiles.prod]"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ('user = "a"\npasword = "x"\n', 2, "did you mean 'password'"),
        ('[auth]\nuser_name = "x"\n', 2, "user_name is no setting"),
        ("[profiles.dev]\nread_onyl = true\n", 2, "did you mean 'read_only'"),
        ('user = "a"\n[auth]\nusername = "b"\n', 3, "once more"),
        ("timeout = true\n", 1, "must be a number"),
        ('timeout = "30"\n', 1, "must be a number"),
        ("timeout = [1, 2, 3]\n", 1, "two numbers"),
        ("max_retries = 1.5\n", 1, "whole number"),
        ('\nread_only = "yes"\n', 2, "true or false"),
        ("instance = 5\n", 1, "must be a text"),
        ('user = "a"\nuser = "b"\n', 2, "no TOML"),
        ("user = \n", 1, "no TOML"),
        ('default_profile = "prd"\n[profiles.prod]\n', 1, "did you mean 'prod'"),
        ("default_profile = 5\n", 1, "must be a text"),
        ("profiles = 5\n", 1, "must be tables"),
    ],
)
def test_mistake__is_named_with_file_and_line(tmp_path: Path, text: str, line: int, says: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(InvalidUsage) as caught:
        read_file(path)
    assert str(caught.value).startswith(f"{path}:{line}: ")
    assert says in str(caught.value)


def test_secret_of_another_kind__is_not_quoted(tmp_path: Path) -> None:
    with pytest.raises(InvalidUsage) as caught:
        read_file(written(tmp_path, "password = 482913\n"))
    assert "482913" not in str(caught.value)


def test_missing_file__is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidUsage, match="none.toml"):
        read_file(tmp_path / "none.toml")


def test_file_in_another_encoding__is_named(tmp_path: Path) -> None:
    (tmp_path / "servicenow.toml").write_bytes(b'user = "\xe4"\n')
    with pytest.raises(InvalidUsage, match="UTF-8"):
        read_file(tmp_path / "servicenow.toml")


def test_empty_text__counts_as_not_set(tmp_path: Path) -> None:
    assert values(read_file(written(tmp_path, 'user = ""\ninstance = "dev1"\n'))) == {"instance": "dev1"}


def test_relative_paths__begin_at_the_file(tmp_path: Path) -> None:
    read = read_file(written(tmp_path, 'verify = "ca.pem"\ncert = ["c.pem", "/k.pem"]\n'))
    assert values(read) == {"verify": str(tmp_path / "ca.pem"), "cert": (str(tmp_path / "c.pem"), "/k.pem")}


@pytest.mark.parametrize("line", ['password = "x"', '[profiles.dev]\ntoken = "x"'])
def test_secret_that_others_can_read__warns(tmp_path: Path, line: str) -> None:
    path = written(tmp_path, f"{line}\n", 0o644)
    with pytest.warns(ExposedSecretWarning, match="chmod 600"):
        read_file(path)


@pytest.mark.parametrize("line", ['password = "env:NAME"', 'password_command = "pass x"', 'instance = "dev1"'])
def test_file_without_secrets__may_be_read_by_others(tmp_path: Path, line: str) -> None:
    assert read_file(written(tmp_path, f"{line}\n", 0o644)).base


@pytest.mark.parametrize(
    ("platform", "environ", "path"),
    [
        ("linux", {"HOME": "/home/ada"}, "/home/ada/.config/pysnow/servicenow.toml"),
        ("linux", {"HOME": "/home/ada", "XDG_CONFIG_HOME": "/x"}, "/x/pysnow/servicenow.toml"),
        ("darwin", {"HOME": "/Users/ada"}, "/Users/ada/Library/Application Support/pysnow/servicenow.toml"),
        ("win32", {"APPDATA": "/appdata"}, "/appdata/pysnow/servicenow.toml"),
    ],
)
def test_user_file__is_where_the_platform_has_settings(platform: str, environ: dict[str, str], path: str) -> None:
    assert user_file(environ, platform) == Path(path)


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_user_file__needs_a_home(platform: str) -> None:
    assert user_file({}, platform) is None
