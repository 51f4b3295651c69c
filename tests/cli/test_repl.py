"""``pysnow repl``."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable
from typing import TypeAlias

import pytest

from pysnow.cli.repl import _interact

Process: TypeAlias = "Callable[..., subprocess.CompletedProcess[str]]"


def test_code__has_client_tables_and_fields_at_hand(process: Process) -> None:
    code = "print(incident.count(F.number == 'INC0000001'), table('problem').name, client.base_url[:5])"
    done = process("repl", "-c", code)
    assert (done.returncode, done.stdout, done.stderr) == (0, "1 problem http:\n", "")


def test_pipe__is_run_as_a_script(process: Process) -> None:
    done = process("repl", input="def f():\n    return incident.name\n\nprint(f())\n")
    assert (done.returncode, done.stdout) == (0, "incident\n")


def test_closed_input__ends(process: Process) -> None:
    done = process("repl", stdin=subprocess.DEVNULL)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_error_of_the_library__ends_with_its_code(process: Process) -> None:
    done = process("repl", "-c", "client.table('no_such_table').get().all()")
    assert (done.returncode, done.stderr.count("\n")) == (7, 1)


def test_error_of_the_code__shows_where(process: Process) -> None:
    done = process("repl", "-c", "1 / 0")
    assert (done.returncode, "ZeroDivisionError" in done.stderr) == (1, True)


def test_terminal__is_python(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("print(word * 2)\n"))
    _interact({"word": "ha"}, "At hand: word")
    shown = capsys.readouterr()
    assert ("haha" in shown.out, "At hand: word" in shown.err) == (True, True)
