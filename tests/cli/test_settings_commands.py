"""The commands that speak of settings and of the caller: config, whoami, doctor."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from pysnow.cli.errors import ExitCode
from pysnow.sandbox import Sandbox

Process: TypeAlias = "Callable[..., subprocess.CompletedProcess[str]]"


@pytest.fixture
def profile(instance: Sandbox, tmp_path: Path) -> dict[str, object]:
    """Where a process runs that has its settings from a file."""
    path = tmp_path / "servicenow.toml"
    text = f'[profiles.dev]\ninstance = "{instance.url}"\nuser = "itil"\npassword = "env:ITIL"\n'
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SERVICENOW_")}
    return {"cwd": tmp_path, "env": {**environment, "HOME": str(tmp_path), "ITIL": "itil"}}


def test_whoami__tells_the_user(process: Process) -> None:
    done = process("whoami")
    assert (done.returncode, json.loads(done.stdout)["user_name"]) == (0, "admin")


def test_whoami__of_a_profile(process: Process, profile: dict[str, object]) -> None:
    done = process("whoami", "--profile", "dev", **profile)
    assert (done.returncode, json.loads(done.stdout)["user_name"]) == (0, "itil")


def test_whoami__with_a_wrong_password(process: Process) -> None:
    done = process("whoami", "--password", "wrong")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (ExitCode.AUTHENTICATION, "", 1)


def test_get__of_a_profile(process: Process, profile: dict[str, object]) -> None:
    done = process("get", "incident", "--limit", "1", "--profile", "dev", **profile)
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 1)


def test_profile__that_is_not_there(process: Process, profile: dict[str, object]) -> None:
    done = process("whoami", "--profile", "dve", **profile)
    assert (done.returncode, "did you mean 'dev'" in done.stderr) == (ExitCode.USAGE, True)


def test_doctor__of_a_healthy_instance(process: Process) -> None:
    done = process("doctor")
    assert (done.returncode, len(done.stdout.splitlines()), done.stderr) == (0, 12, "")


def test_doctor__is_json_on_request(process: Process) -> None:
    done = process("doctor", "--json", "--table", "problem")
    read = next(check for check in map(json.loads, done.stdout.splitlines()) if check["name"] == "read")
    assert (read["verdict"], "problem" in read["detail"]) == ("ok", True)


def test_doctor__tells_by_its_exit_code(process: Process, unused_port: int) -> None:
    codes = [
        process("doctor", "--password", "wrong").returncode,
        process("doctor", "--instance", f"http://127.0.0.1:{unused_port}").returncode,
    ]
    assert codes == [ExitCode.AUTHENTICATION, ExitCode.NO_CONNECTION]


def test_config__tells_where_settings_come_from(process: Process, profile: dict[str, object]) -> None:
    done = process("config", "--profile", "dev", "--user", "ada", "--json", **profile)
    rows = {row["setting"]: row for row in map(json.loads, done.stdout.splitlines())}
    assert (rows["user"]["value"], rows["user"]["from"]) == ("ada", "argument")
    assert rows["instance"]["from"] == f"{profile['cwd']}/servicenow.toml:2 [profiles.dev]"
    assert rows["password"]["value"] == "env:ITIL"


def test_config__masks_secrets(process: Process) -> None:
    done = process("config", "--password", "canary-11")
    assert (done.returncode, "canary-11" in done.stdout, "***" in done.stdout) == (0, False, True)


def test_config__of_nothing(process: Process, profile: dict[str, object], tmp_path: Path) -> None:
    (tmp_path / "servicenow.toml").unlink()
    done = process("config", **profile)
    assert (done.returncode, done.stdout, "nothing is set" in done.stderr) == (0, "", True)


def test_config__of_a_broken_file(process: Process, profile: dict[str, object], tmp_path: Path) -> None:
    (tmp_path / "servicenow.toml").write_text("usr = 1\n", encoding="utf-8")
    done = process("config", **profile)
    assert (done.returncode, "servicenow.toml:1: usr is no setting: did you mean 'user'" in done.stderr) == (2, True)


def test_config__needs_no_sandbox(process: Process) -> None:
    assert process("config", "--sandbox").returncode == ExitCode.USAGE
