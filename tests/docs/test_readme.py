"""The README's first screen: two lines that a newcomer pastes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.rst").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\s+\$ (.+)$", README, re.MULTILINE)


def test_commands__are_two() -> None:
    assert len(COMMANDS) == 2


def test_commands__are_on_the_first_screen() -> None:
    shown = README.splitlines()[:30]
    assert [line.strip() for line in shown if line.strip().startswith("$ ")] == [f"$ {line}" for line in COMMANDS]


def test_commands__stand_in_console_blocks() -> None:
    assert re.findall(r"\.\. code-block:: console\n\n    \$ (.+)\n", README) == COMMANDS


def test_first_command__installs_the_sandbox_and_runs_the_demo() -> None:
    assert COMMANDS[0] == 'python3 -m venv .venv && .venv/bin/pip install --quiet ".[sandbox]" && .venv/bin/pysnow demo'


def test_second_command__runs_the_suite_on_the_interpreter_at_hand() -> None:
    assert COMMANDS[1] == "python3 -m venv .venv && .venv/bin/pip install --quiet tox && .venv/bin/tox -e py"


@pytest.mark.parametrize("name", ["README.rst", "CONTRIBUTING.rst", "SECURITY.rst", "CHANGELOG.rst"])
def test_pages_at_the_top__hold_no_absolute_paths(name: str) -> None:
    assert re.findall(r"(?<![\w.])/(?:home|root|tmp|usr|work)/\S*", (ROOT / name).read_text(encoding="utf-8")) == []
