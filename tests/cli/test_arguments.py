"""The grammar of the command line."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pysnow.cli import main
from pysnow.cli.arguments import COMMANDS, build_parser, parse
from pysnow.cli.errors import EXIT_CODES


@pytest.mark.parametrize(
    ("arguments", "orders"),
    [
        (["--order-by", "number"], ["number"]),
        (["--order-by", "-opened_at"], ["-opened_at"]),
        (["--order-by=-opened_at"], ["-opened_at"]),
        (["--order-by", "-a"], ["-a"]),
        (["--order-by", "-priority,number"], ["-priority", "number"]),
        (["--order-by", "-priority", "--order-by", "number"], ["-priority", "number"]),
        (["--order-by", "-caller_id.name", "--json"], ["-caller_id.name"]),
        ([], []),
    ],
    ids=" ".join,
)
def test_order_by__takes_every_spelling(arguments: list[str], orders: list[str]) -> None:
    assert parse(["get", "incident", *arguments]).order_by == orders


@pytest.mark.parametrize(
    "arguments",
    [
        ["--profile", "dev", "get", "incident", "--json"],
        ["--profile=dev", "get", "incident", "--json"],
        ["--json", "--profile", "dev", "get", "incident"],
        ["get", "--profile", "dev", "--json", "incident"],
    ],
    ids=" ".join,
)
def test_options__may_stand_before_the_command(arguments: list[str]) -> None:
    parsed = parse(arguments)
    assert (parsed.profile, parsed.table, parsed.format) == ("dev", "incident", "json")


@pytest.mark.parametrize(
    "arguments", [["--profile", "dev"], ["--bogus", "get", "incident"], ["-x", "get"]], ids=" ".join
)
def test_options__before_no_command_or_of_none(arguments: list[str]) -> None:
    assert main(arguments) == 2


@pytest.mark.parametrize("following", ["--json", "-q"])
def test_order_by__does_not_swallow_an_option(following: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["get", "incident", "--order-by", following])
    assert "--order-by: expected one argument" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["got"],
        ["get"],
        ["get", "incident", "--limit", "0"],
        ["get", "incident", "--limit", "-1"],
        ["get", "incident", "--limit", "many"],
        ["get", "incident", "--fields", "a,,b"],
        ["get", "incident", "--fields", ""],
        ["get", "incident", "--json", "--csv"],
        ["get", "incident", "--sandbox", "--instance", "dev1"],
        ["get", "incident", "--lim", "5"],
        ["sandbox", "--port", "65536"],
        ["sandbox", "--records", "-1"],
    ],
    ids=" ".join,
)
def test_wrong_arguments__end_with_2(arguments: list[str]) -> None:
    assert main(arguments) == 2


def test_wrong_arguments__are_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    main(["get", "incident", "--limit", "0"])
    assert capsys.readouterr().err == (
        "pysnow get: error: argument --limit: a number of 1 or more is needed, not '0' (see pysnow get --help)\n"
    )


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["get", "--help"]], ids=" ".join)
def test_asking_for_help__ends_with_0(arguments: list[str]) -> None:
    assert main(arguments) == 0


def test_help__lists_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--help"])
    shown = capsys.readouterr().out
    assert [meaning for meaning in EXIT_CODES.values() if meaning not in shown] == []


def test_version__is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    from pysnow import __version__

    main(["--version"])
    assert capsys.readouterr().out == f"pysnow {__version__}\n"


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help__imports_nothing_that_it_does_not_need(option: str) -> None:
    code = "import sys; from pysnow.cli import main; main(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    loaded = subprocess.run([sys.executable, "-c", code, option], capture_output=True, text=True, check=True).stderr
    heavy = {"requests", "urllib3", "ijson", "dateutil", "werkzeug", "sqlite3", "rich", "http.client", "pysnow.sandbox"}
    assert heavy.intersection(loaded.split()) == set()


def test_help__imports_no_command() -> None:
    code = "import sys; from pysnow.cli import main; main(['--help']); print(*sys.modules, file=sys.stderr)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stderr
    assert {f"pysnow.cli.{module}" for module, _ in COMMANDS.values()}.intersection(loaded.split()) == set()


@pytest.mark.parametrize("command", COMMANDS)
def test_command__imports_no_other(command: str) -> None:
    allowed = {COMMANDS[command][0], "attach"} if command == "download" else {COMMANDS[command][0]}
    code = "import sys; from pysnow.cli import main; main(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    run = [sys.executable, "-c", code, command, "--help"]
    loaded = subprocess.run(run, capture_output=True, text=True, check=True).stderr.split()
    heavy = {"requests", "urllib3", "werkzeug", "sqlite3", "rich", "pysnow.client"}
    others = {f"pysnow.cli.{module}" for module, _ in COMMANDS.values() if module not in allowed}
    assert (heavy | others).intersection(loaded) == set()


def test_list_of_commands__says_what_the_commands_say() -> None:
    assert build_parser("").format_help() == build_parser().format_help()


@pytest.mark.parametrize(
    "command", sorted(COMMANDS.keys() - {"whoami", "doctor", "config", "demo", "sandbox", "login"})
)
def test_help__shows_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    main([command, "--help"])
    assert f"pysnow {command}" in capsys.readouterr().out.partition("usage: ")[2].partition("\n")[2]


@pytest.mark.parametrize(
    "arguments",
    [
        ["update", "incident", "INC1", "--dry-run", "a=1", "b=2"],
        ["update", "--dry-run", "incident", "INC1", "a=1", "b=2"],
        ["update", "incident", "--dry-run", "INC1", "a=1", "b=2"],
    ],
    ids=" ".join,
)
def test_words__may_stand_before_and_behind_options(arguments: list[str]) -> None:
    assert parse(arguments).words == ["INC1", "a=1", "b=2"]
