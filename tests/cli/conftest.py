"""An instance that the tests only read, and ways to run the command."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import TypeAlias

import pytest

from pysnow.cli import main
from pysnow.sandbox import Sandbox

Outcome: TypeAlias = "tuple[int, str, str]"


@pytest.fixture(scope="session")
def instance() -> Iterator[Sandbox]:
    """One instance for all the tests here, which do not change it."""
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def settings(instance: Sandbox, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The environment of someone who works with that instance."""
    monkeypatch.setenv("SERVICENOW_INSTANCE", instance.url)
    monkeypatch.setenv("SERVICENOW_USERNAME", "admin")
    monkeypatch.setenv("SERVICENOW_PASSWORD", "admin")
    return monkeypatch


@pytest.fixture
def pysnow(settings: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Run the command in this process: exit code, standard output, standard error."""

    def run(*arguments: str) -> Outcome:
        code = main(arguments)
        return (code, *capsys.readouterr())

    return run


@pytest.fixture
def process(settings: pytest.MonkeyPatch) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command in a process of its own."""

    def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pysnow", *arguments]
        environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
        return subprocess.run(  # type: ignore[call-overload,no-any-return]
            command, **{"capture_output": True, "encoding": "utf-8", "timeout": 60, "env": environment, **options}
        )

    return run


@pytest.fixture
def unused_port() -> int:
    """A port at which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
