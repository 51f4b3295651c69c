"""``pysnow completion``: scripts for shells, made from the parser."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from typing import TypeAlias

import pytest

from pysnow.cli import main
from pysnow.cli.arguments import COMMANDS

Process: TypeAlias = "Callable[..., subprocess.CompletedProcess[str]]"


def script(shell: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["completion", shell]) == 0
    return capsys.readouterr().out


def in_bash(line: str, capsys: pytest.CaptureFixture[str]) -> set[str]:
    """What bash offers behind a line."""
    words = line.split(" ")
    quoted = " ".join(f"'{word}'" for word in words)
    ask = f'COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; _pysnow; printf "%s\\n" "${{COMPREPLY[@]}}"'
    done = subprocess.run(
        ["bash", "--norc", "-c", script("bash", capsys) + ask], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stderr == ""
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("pysnow dow", {"download"}),
        ("pysnow de", {"delete", "demo"}),
        ("pysnow get --ord", {"--order-by"}),
        ("pysnow get incident --output j", {"json", "jsonl"}),
        ("pysnow export incident a --format p", {"parquet"}),
        ("pysnow completion f", {"fish"}),
        ("pysnow nonsense --", set()),
    ],
)
def test_bash__completes(line: str, offered: set[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert in_bash(line, capsys) == offered


def test_bash__knows_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert in_bash("pysnow ", capsys) == {*COMMANDS, "--help", "--version"}


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_script__is_one_that_the_shell_can_read(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Only where the shell is at hand; the quotes are counted everywhere."""
    text = script(shell, capsys)
    if shutil.which(shell):
        assert subprocess.run([shell, "-n"], input=text, text=True, check=False).returncode == 0
    assert text.replace("\\'", "").count("'") % 2 == 0


@pytest.mark.parametrize("shell", ["zsh", "fish"])
@pytest.mark.parametrize("command", COMMANDS)
def test_script__tells_what_each_command_does(shell: str, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert COMMANDS[command][1] in script(shell, capsys)


def test_fish__offers_values(capsys: pytest.CaptureFixture[str]) -> None:
    assert "-n '__fish_seen_subcommand_from export' -l format -x -a 'csv jsonl parquet'" in script("fish", capsys)


def test_zsh__describes_options(capsys: pytest.CaptureFixture[str]) -> None:
    assert "'--dry-run:show what would change, and send no change'" in script("zsh", capsys)


def test_completion__runs_without_settings(process: Process) -> None:
    done = process("completion", "bash", env={})
    assert (done.returncode, done.stderr, done.stdout[:9]) == (0, "", "_pysnow()")


def test_unknown_shell__is_refused() -> None:
    assert main(["completion", "tcsh"]) == 2
