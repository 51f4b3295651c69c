"""A client made from the environment and files."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import pysnow
from pysnow import Client, InvalidUsage, OAuthClient, Retry
from pysnow.sandbox import Sandbox

CANARY = "canary-90ab"


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without settings, which is also the home of a user who has none."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_CONFIG_HOME", "APPDATA"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Set variables of the environment."""

    def say(**variables: str) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return say


@pytest.fixture
def signed_in(sandbox: Sandbox, say: Callable[..., None]) -> Sandbox:
    """An instance that the environment names, and whose administrator it signs in."""
    say(SERVICENOW_INSTANCE=sandbox.url, SERVICENOW_USERNAME="admin", SERVICENOW_PASSWORD="admin")
    return sandbox


def in_folder(folder: Path, text: str) -> Path:
    path = folder / "servicenow.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return path


def test_client_of_nothing__reads_the_environment(signed_in: Sandbox) -> None:
    with Client() as client:
        assert client.table("incident").get(limit=1).one()["sys_id"]


def test_client_of_nothing__reads_the_file_here(sandbox: Sandbox, nowhere: Path) -> None:
    in_folder(nowhere, f'[profiles.dev]\ninstance = "{sandbox.url}"\nuser = "admin"\npassword = "admin"\n')
    with Client(profile="dev") as client:
        assert client.table("incident").get(limit=1).one()["sys_id"]


@pytest.mark.parametrize("variable", ["SERVICENOW_INSTANCE", "SERVICENOW_ENDPOINT_URL"])
def test_environment__plain_http_is_said_twice(
    signed_in: Sandbox, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "http://sandbox.example.test:8080")
    with pytest.raises(InvalidUsage, match="is plain HTTP"):
        Client()
    monkeypatch.setenv("SERVICENOW_ALLOW_INSECURE_HTTP", "true")
    with Client() as client:
        assert client.base_url == "http://sandbox.example.test:8080"


def test_allow_insecure_http__makes_no_plain_address_of_a_name() -> None:
    with Client(instance="dev1", user="admin", password="x", allow_insecure_http=True) as client:
        assert client.base_url == "https://dev1.service-now.com"


def test_client_of_nothing__says_what_to_set() -> None:
    with pytest.raises(InvalidUsage, match="SERVICENOW_INSTANCE") as caught:
        Client()
    assert "servicenow.toml" in str(caught.value)


def test_missing_credentials__say_what_to_set() -> None:
    with pytest.raises(InvalidUsage, match="user and password, auth=, or a session.*SERVICENOW_USERNAME"):
        Client(instance="dev1")


@pytest.mark.parametrize(
    ("variables", "sent"),
    [
        ({"SERVICENOW_API_KEY": "sandbox"}, "x-sn-apikey"),
        ({"SERVICENOW_CLIENT_ID": "sandbox", "SERVICENOW_CLIENT_SECRET": "sandbox"}, "authorization"),
        ({"SERVICENOW_USERNAME": "admin", "SERVICENOW_PASSWORD": "admin"}, "authorization"),
        (
            {
                "SERVICENOW_CLIENT_ID": "sandbox",
                "SERVICENOW_CLIENT_SECRET": "sandbox",
                "SERVICENOW_USERNAME": "admin",
                "SERVICENOW_PASSWORD": "admin",
            },
            "authorization",
        ),
    ],
    ids=["api key", "client credentials", "basic", "password grant"],
)
def test_credentials__sign_in(sandbox: Sandbox, say: Callable[..., None], variables: dict[str, str], sent: str) -> None:
    sandbox.instance.properties["glide.oauth.inbound.client.credential.grant_type.enabled"] = "true"
    say(SERVICENOW_INSTANCE=sandbox.url, **variables)
    with Client.from_env() as client:
        assert client.get("table/sys_user", params={"sysparm_limit": 1}).status_code == 200
    assert sent in {name.lower() for name in sandbox.requests[-1].headers}


def test_from_env__reads_no_file(nowhere: Path, say: Callable[..., None]) -> None:
    in_folder(nowhere, 'instance = "dev1"\nuser = "a"\npassword = "b"\n')
    with pytest.raises(InvalidUsage, match="Which instance"):
        Client.from_env()


def test_from_env__takes_another_prefix(say: Callable[..., None]) -> None:
    say(ACME_INSTANCE="dev1", ACME_USERNAME="ada", ACME_PASSWORD="x", SERVICENOW_USERNAME="bob")
    assert repr(Client.from_env(prefix="ACME_")) == "<Client https://dev1.service-now.com, BasicAuth, user ada>"


def test_from_config__reads_the_named_file(nowhere: Path) -> None:
    path = in_folder(nowhere, 'instance = "dev1"\nuser = "ada"\npassword = "env:HOME"\ntimeout = 7\nmax_retries = 0\n')
    client = Client.from_config(str(path))
    assert (client.base_url, client.timeout, client._transport.policy) == (
        "https://dev1.service-now.com",
        7,
        Retry(attempts=1),
    )


@pytest.mark.parametrize("path", [None, "none.toml"])
def test_from_config__needs_a_file(path: str | None) -> None:
    with pytest.raises(InvalidUsage, match="toml"):
        Client.from_config(path)


def test_value_that_cannot_be__is_named_with_its_origin(say: Callable[..., None]) -> None:
    say(SERVICENOW_INSTANCE="dev 1", SERVICENOW_USERNAME="a", SERVICENOW_PASSWORD="b")
    with pytest.raises(InvalidUsage, match="environment SERVICENOW_INSTANCE: 'dev 1' is no instance"):
        Client()


@pytest.mark.parametrize(
    ("name", "value"), [("TIMEOUT", "-1"), ("DEADLINE", "0"), ("RATE_LIMIT", "-2"), ("WRITES", "x")]
)
def test_number_out_of_range__is_named_with_its_origin(say: Callable[..., None], name: str, value: str) -> None:
    say(**{f"SERVICENOW_{name}": value})
    with pytest.raises(InvalidUsage, match=f"environment SERVICENOW_{name}: "):
        Client(instance="dev1", user="a", password="b")


def test_arguments__go_before_the_environment(say: Callable[..., None]) -> None:
    say(SERVICENOW_INSTANCE="dev1", SERVICENOW_USERNAME="a", SERVICENOW_PASSWORD="b", SERVICENOW_TIMEOUT="5")
    client = Client(instance="dev2", user="ada", password="c", timeout=None)
    assert (client.base_url, client._user, client._password, client.timeout) == (
        "https://dev2.service-now.com",
        "ada",
        "c",
        None,
    )


def test_credentials_of_arguments__leave_others_unread(say: Callable[..., None]) -> None:
    say(SERVICENOW_API_TOKEN="t", SERVICENOW_PASSWORD="cmd:/no/such/program")
    assert Client(instance="dev1", user="ada", password="c")._user == "ada"


def test_endpoint__stands_in_for_the_instance(signed_in: Sandbox, say: Callable[..., None]) -> None:
    say(SERVICENOW_ENDPOINT_URL=signed_in.url)
    with Client(instance="dev12345", user="admin", password="admin") as client:
        assert (client.instance, client.table("incident").get(limit=1).count) == ("dev12345", 1)


def test_endpoint__leaves_addresses_of_this_machine_alone(say: Callable[..., None]) -> None:
    say(SERVICENOW_ENDPOINT_URL="https://elsewhere.example.com")
    assert Client(instance="http://127.0.0.1:1", user="a", password="b").base_url == "http://127.0.0.1:1"


def test_oauth_client__takes_its_instance_from_the_environment(say: Callable[..., None]) -> None:
    say(SERVICENOW_INSTANCE="dev1")
    assert OAuthClient("id", "secret").token_url == "https://dev1.service-now.com/oauth_token.do"


def test_profile__makes_read_only(nowhere: Path) -> None:
    in_folder(nowhere, '[profiles.prod]\ninstance = "acme"\nuser = "a"\npassword = "b"\nread_only = true\n')
    with pytest.raises(InvalidUsage, match="read-only"):
        Client(profile="prod").table("incident").create({})


def test_explain__has_no_secret(say: Callable[..., None]) -> None:
    say(SERVICENOW_INSTANCE="dev1", SERVICENOW_USERNAME="ada", SERVICENOW_PASSWORD=CANARY)
    told = Client().config.explain()
    assert (told["password"].value, told["auth_method"].value, CANARY in str(told)) == ("***", "basic", False)


def test_broken_file__leaves_no_secret_in_the_traceback(nowhere: Path) -> None:
    path = in_folder(nowhere, f'password = "{CANARY}"\nusr = "a"\n')
    with pytest.raises(InvalidUsage) as caught:
        Client.from_config(str(path))
    frames = [str(entry.frame.f_locals) for entry in caught.traceback if "/pysnow/" in str(entry.path)]
    assert [CANARY in shown for shown in frames] == [False] * len(frames)


@pytest.mark.parametrize(
    ("wrong", "right"), [("pasword", "password"), ("time_out", "timeout"), ("readonly", "read_only")]
)
def test_unknown_argument__names_the_nearest(wrong: str, right: str) -> None:
    arguments: dict[str, Any] = {wrong: CANARY}
    with pytest.raises(InvalidUsage, match=f"{wrong}.*{right}") as caught:
        Client("dev1", user="a", password="b", **arguments)
    assert CANARY not in str(caught.value)


def test_unknown_argument_of_an_oauth_client__names_the_nearest() -> None:
    arguments: dict[str, Any] = {"instnace": "dev1"}
    with pytest.raises(InvalidUsage, match="instance"):
        OAuthClient("id", "secret", **arguments)


def test_import__reads_no_settings(nowhere: Path) -> None:
    in_folder(nowhere, "this is no TOML")
    program = "import pysnow; pysnow.Client; pysnow.Table; print(pysnow.__version__)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=nowhere)
    assert done.stdout.strip() == pysnow.__version__
