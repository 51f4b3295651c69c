"""``pysnow demo``."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable

import pytest

from pysnow.cli import main
from pysnow.cli.demo import perform
from pysnow.cli.demo_steps import STEPS, Step


@pytest.fixture(scope="module")
def document() -> dict[str, object]:
    """What the demonstration tells programs."""
    command = [sys.executable, "-m", "pysnow", "demo", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told: dict[str, object] = json.loads(done.stdout)
    return told


@pytest.fixture
def results(document) -> dict[str, object]:
    """Result of each step, by title."""
    return {step["title"]: step["result"] for step in document["steps"]}


def test_demo__does_every_step(document) -> None:
    assert [(step["title"], step["code"]) for step in document["steps"]] == [(step.title, step.code) for step in STEPS]


def test_demo__is_content(document) -> None:
    assert document["ok"] is True


def test_demo__lists_by_priority(results) -> None:
    priorities = [incident["priority"] for incident in results["List open incidents, the most urgent first"]]
    assert (priorities, len(priorities)) == (sorted(priorities), 5)


def test_demo__gives_the_created_record_its_priority(results) -> None:
    assert results["Create one"]["priority"] == "2"


def test_demo__updates(results) -> None:
    assert results["Update it"]["state"] == "2"


def test_demo__counts_what_it_streams(results) -> None:
    assert sum(results["Stream a filtered table, record by record, and count"].values()) > 10


def test_demo__deletes(results) -> None:
    assert results["Delete the record"] == {"status": "record deleted"}


def test_demo__shows_each_line_of_code(capsys: pytest.CaptureFixture[str]) -> None:
    main(["demo"])
    shown = [line.removeprefix(">>> ").removeprefix("... ") for line in capsys.readouterr().out.splitlines()]
    assert [line for step in STEPS for line in step.code.splitlines() if line not in shown] == []


def test_demo__without_the_extra_names_it() -> None:
    code = "import sys; sys.modules['werkzeug'] = None; from pysnow.cli import main; sys.exit(main(['demo']))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n"), "pysnow[sandbox]" in done.stderr) == (1, 1, True)


def test_steps__are_executed_in_one_space_of_names() -> None:
    steps = (Step("a", "x = 1\nx + 1"), Step("b", "x + y"))
    assert [outcome.result for outcome in perform(steps, {"y": 10})] == [2, 11]


def test_steps__stop_at_the_first_that_fails() -> None:
    steps = (Step("a", "1 / 0"), Step("b", "2"))
    assert [type(outcome.error) for outcome in perform(steps, {})] == [ZeroDivisionError]


def failing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pysnow.cli.demo.STEPS", (Step("Works", "1"), Step("Fails", "raise_ValueError")))


def test_failed_step__ends_the_command_with_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(monkeypatch)
    assert (main(["demo"]), "NameError" in capsys.readouterr().err) == (1, True)


def test_failed_step__is_told_to_programs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    failing(monkeypatch)
    main(["demo", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], [list(step) for step in told["steps"]]) == (
        False,
        [["title", "code", "result", "seconds"], ["title", "code", "result", "error", "seconds"]],
    )


def test_demo__leaves_nothing_behind(process: Callable[..., subprocess.CompletedProcess[str]], tmp_path) -> None:
    process("demo", cwd=tmp_path, env=None)
    assert list(tmp_path.iterdir()) == []
