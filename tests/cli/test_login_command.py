"""Signing in with a browser, by the command; other commands use what it keeps."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, TypeAlias, cast

import pytest

from pysnow.cli.errors import ExitCode
from pysnow.sandbox import Sandbox
from tests.client.test_login import Person

Process: TypeAlias = "Callable[..., subprocess.CompletedProcess[str]]"

_BROWSER = """\
import sys
from tests.client.test_login import Person
Person({decision!r}).opens(sys.argv[1])
"""


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """An instance whose application knows one more redirect URL."""
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def redirect_uri(sandbox: Sandbox) -> str:
    """An address on a free port, registered."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/callback"
    row = next(row for row in sandbox.table("oauth_entity").rows if row["client_id"] == "sandbox")
    sandbox.instance.update("oauth_entity", row["sys_id"] or "", {"redirect_url": address}, sandbox.instance.system)
    return address


@pytest.fixture
def place(sandbox: Sandbox, redirect_uri: str, tmp_path: Path) -> dict[str, Any]:
    """Where a process runs whose profile signs in with a browser."""
    path = tmp_path / "servicenow.toml"
    path.write_text(
        f'[profiles.dev]\ninstance = "{sandbox.url}"\nauth_method = "login"\nclient_id = "sandbox"\n'
        f'client_secret = "env:OWN"\ntoken_file = "token.json"\nredirect_uri = "{redirect_uri}"\n'
    )
    path.chmod(0o600)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SERVICENOW_")}
    root = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, (root, environment.get("PYTHONPATH", ""))))
    environment |= {"HOME": str(tmp_path), "OWN": "sandbox", "PYTHONPATH": path}
    return {"cwd": tmp_path, "env": environment}


def _with_browser(place: dict[str, Any], decision: str = "allow") -> dict[str, Any]:
    script = place["cwd"] / "browser.py"
    script.write_text(_BROWSER.format(decision=decision))
    return {**place, "env": {**place["env"], "BROWSER": f"{sys.executable} {script} %s"}}


def test_login__keeps_a_token_that_other_commands_use(process: Process, place: dict[str, Any]) -> None:
    done = process("login", "--profile", "dev", **_with_browser(place))
    assert (done.returncode, json.loads(done.stdout)["user_name"]) == (0, "itil")
    kept = place["cwd"] / "token.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert "access_token" in json.loads(kept.read_text())
    shown = process("whoami", "--profile", "dev", **place)
    assert json.loads(shown.stdout)["user_name"] == "itil"


def test_login__by_options_alone(process: Process, sandbox: Sandbox, redirect_uri: str, place: dict[str, Any]) -> None:
    (place["cwd"] / "servicenow.toml").unlink()
    place["env"]["SERVICENOW_CLIENT_SECRET"] = "sandbox"
    options = ("--client-id", "sandbox", "--token-file", "mine.json", "--redirect-uri", redirect_uri)
    done = process("login", "--instance", sandbox.url, *options, **_with_browser(place))
    assert (done.returncode, (place["cwd"] / "mine.json").exists()) == (0, True)


def test_login__where_there_is_no_browser(place: dict[str, Any]) -> None:
    command = [sys.executable, "-m", "pysnow", "login", "--profile", "dev", "--no-browser"]
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(command, **pipes, **place, text=True) as running:
        said = iter(cast("IO[str]", running.stderr))
        address = next(line for line in said if line.startswith("http")).strip()
        out, _ = running.communicate(Person().sent_back(address) + "\n", timeout=60)
    assert (running.returncode, json.loads(out)["user_name"]) == (0, "itil")


def test_login__refused_by_the_person(process: Process, place: dict[str, Any]) -> None:
    done = process("login", "--profile", "dev", **_with_browser(place, "deny"))
    assert (done.returncode, done.stdout, (place["cwd"] / "token.json").exists()) == (3, "", False)
    assert "access_denied" in done.stderr


def test_login__nothing_pasted(process: Process, place: dict[str, Any]) -> None:
    done = process("login", "--profile", "dev", "--no-browser", input="", **place)
    assert (done.returncode, "Nothing was pasted" in done.stderr) == (ExitCode.USAGE, True)


def test_login__another_way_of_signing_in(process: Process, sandbox: Sandbox, place: dict[str, Any]) -> None:
    (place["cwd"] / "servicenow.toml").write_text(
        f'instance = "{sandbox.url}"\nauth_method = "basic"\nuser = "a"\npassword = "env:OWN"\n'
    )
    done = process("login", **place)
    assert (done.returncode, done.stdout) == (ExitCode.USAGE, "")
    assert "servicenow.toml:2" in done.stderr
    assert "signs in with each call" in done.stderr


def test_login__something_is_missing(process: Process, sandbox: Sandbox, place: dict[str, Any]) -> None:
    (place["cwd"] / "servicenow.toml").write_text(f'instance = "{sandbox.url}"\n')
    done = process("login", "--client-id", "x", **place)
    assert (done.returncode, "needs token_file, too" in done.stderr) == (ExitCode.USAGE, True)


def test_login__no_instance(process: Process, place: dict[str, Any]) -> None:
    (place["cwd"] / "servicenow.toml").unlink()
    done = process("login", **place)
    assert (done.returncode, "SERVICENOW_INSTANCE is not set" in done.stderr) == (ExitCode.USAGE, True)


def test_other_command__before_anybody_signed_in(process: Process, place: dict[str, Any]) -> None:
    done = process("count", "incident", "--profile", "dev", **place)
    assert (done.returncode, "run 'pysnow login'" in done.stderr) == (ExitCode.AUTHENTICATION, True)
