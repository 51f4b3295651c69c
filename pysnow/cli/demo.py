"""``pysnow demo``: the main job, done on a local instance before the reader's eyes.

What is printed is what runs: each step is a text, shown and executed as it stands, as at Python's prompt.
"""

from __future__ import annotations

import argparse
import ast
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pysnow.cli.demo_steps import STEPS, Step
from pysnow.cli.errors import ExitCode, as_line, exit_code_of
from pysnow.cli.local_instance import import_sandbox
from pysnow.cli.output import json_text
from pysnow.cli.table import write_record, write_table

if TYPE_CHECKING:
    from typing import Any

    from pysnow._types import JSON

    Commands = argparse._SubParsersAction[Any]

__all__ = ["add_to", "run"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a step: the value of its last line, or the error that ended it."""

    step: Step
    seconds: float
    result: JSON = None
    error: Exception | None = None

    def as_json(self) -> dict[str, JSON]:
        """The outcome for a program to read."""
        told: dict[str, JSON] = {"title": self.step.title, "code": self.step.code, "result": self.result}
        if self.error is not None:
            told["error"] = f"{type(self.error).__name__}: {as_line(self.error)}"
        return {**told, "seconds": round(self.seconds, 3)}


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "demo",
        help="see the main job done on a local instance",
        description="Start a local instance and, over HTTP, read, create, update, attach, download, stream and delete. "
        "Each step's Python is printed, with its result.",
        allow_abbrev=False,
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document instead")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Do the steps until one fails, and show them.

    Raises:
        CommandError: The extra is not installed.
    """
    started = time.monotonic()
    outcomes: list[Outcome] = []
    with import_sandbox()() as sandbox:
        url = sandbox.url
        start_seconds = time.monotonic() - started
        if not arguments.json:
            print(f"A local instance, sandbox, is at {url} (started in {start_seconds:.2f} s).")
        for outcome in perform(STEPS, {"sandbox": sandbox}):
            outcomes.append(outcome)
            if not arguments.json:
                _show(outcome, len(outcomes))
    seconds = time.monotonic() - started
    failure = outcomes[-1].error
    if arguments.json:
        document = {
            "ok": failure is None,
            "instance": url,
            "steps": [outcome.as_json() for outcome in outcomes],
            "seconds": round(seconds, 3),
        }
        print(json_text(document, sys.stdout, indent=2))
    elif failure is None:
        print(f"\nAll {len(outcomes)} steps done in {seconds:.2f} s.")
    return ExitCode.OK if failure is None else _report(failure)


def perform(steps: tuple[Step, ...], names: dict[str, object]) -> Iterator[Outcome]:
    """Do steps one after the other, up to the first that fails.

    Args:
        steps: The steps.
        names: What their code finds at the start; what it assigns is added.
    """
    for step in steps:
        started = time.monotonic()
        try:
            result = _value_of(step.code, names)
        except Exception as exc:  # whatever the code of a step raises is its outcome
            yield Outcome(step, time.monotonic() - started, error=exc)
            return
        yield Outcome(step, time.monotonic() - started, result)


def _value_of(code: str, names: dict[str, object]) -> JSON:
    """Execute code; the value is that of its last line, an expression."""
    tree = ast.parse(code)
    last = tree.body.pop()
    assert isinstance(last, ast.Expr), "a step ends with the expression that is its result"
    exec(compile(tree, "<demo>", "exec"), names)
    return eval(compile(ast.Expression(last.value), "<demo>", "eval"), names)


def _show(outcome: Outcome, number: int) -> None:
    print(f"\n{number}. {outcome.step.title}\n")
    for place, line in enumerate(outcome.step.code.splitlines()):
        continues = place > 0 and (not line or line[0] in " )]}")
        print(f"{'...' if continues else '>>>'} {line}".rstrip())
    if outcome.error is None:
        _show_value(outcome.result)


def _show_value(value: JSON) -> None:
    if isinstance(value, dict):
        write_record(value, sys.stdout)
    elif isinstance(value, list) and value:
        write_table(value, list(value[0]), sys.stdout)
    else:
        print(value)


def _report(failure: Exception) -> int:
    print(f"pysnow: error: {type(failure).__name__}: {as_line(failure)}", file=sys.stderr)
    return exit_code_of(failure) or ExitCode.ERROR
