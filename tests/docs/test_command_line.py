"""The command line's manual leaves no command and no option out."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest

from pysnow.cli.arguments import build_parser
from pysnow.cli.errors import EXIT_CODES

DOCS = Path(__file__).parents[2] / "docs"
RECIPE = (DOCS / "howto" / "command-line.rst").read_text(encoding="utf-8")


def _commands() -> dict[str, argparse.ArgumentParser]:
    (commands,) = (action for action in build_parser()._actions if isinstance(action.choices, dict))
    return dict(commands.choices)


def _options() -> list[tuple[str, str]]:
    """Command and longest spelling of each option, ``--help`` aside."""
    return [
        (command, action.option_strings[-1])
        for command, parser in _commands().items()
        for action in parser._actions
        if action.option_strings and action.dest != "help"
    ]


@pytest.mark.parametrize("command", _commands())
def test_command__has_its_place_in_the_reference(command: str) -> None:
    page = (DOCS / "reference" / "command-line.rst").read_text(encoding="utf-8")
    assert f".. help-of:: {command}\n" in page


@pytest.mark.parametrize(("command", "option"), _options())
def test_option__stands_in_the_recipe(command: str, option: str) -> None:
    assert f"``{option}" in RECIPE or f" {option}" in RECIPE, f"pysnow {command} {option}"


@pytest.mark.parametrize("command", _commands())
def test_command__and_each_option_say_what_they_do(command: str) -> None:
    parser = _commands()[command]
    assert parser.description
    assert [action.dest for action in parser._actions if not action.help] == []


def test_exit_codes__stand_in_the_recipe() -> None:
    rows = re.findall(r"^    \* - (\d+)\n      - (.+)$", RECIPE, re.MULTILINE)
    told = {int(code): meaning.replace("``", "") for code, meaning in rows}
    assert told == {int(code): meaning for code, meaning in EXIT_CODES.items()}
