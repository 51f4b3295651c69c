"""``pysnow repl``: Python with a client at hand."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from pysnow.cli.command_parser import add_command
from pysnow.cli.connection import connect
from pysnow.cli.errors import ExitCode

if TYPE_CHECKING:
    from typing import Any

    from pysnow import Client

    Commands = argparse._SubParsersAction[Any]

__all__ = ["add_to", "run"]

_TABLES = ("incident", "problem", "change_request", "task", "sys_user", "sys_user_group")

_EXAMPLES = """
pysnow repl --sandbox
pysnow repl --sandbox -c 'print(incident.count(F.active == True))'
pysnow repl --profile prod < report.py
"""


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = add_command(
        commands,
        "repl",
        "open Python with a client at hand",
        f"Open Python, or IPython where it is installed, with client, F, table() and the tables {', '.join(_TABLES)} "
        "at hand. Code from -c or from a pipe is run instead.",
        _EXAMPLES,
    )
    parser.add_argument("-c", "--code", metavar="CODE", help="run this Python code, and end")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Talk Python, until the user ends it.

    Raises:
        CommandError: A setting is missing.
        PysnowException: The code raised it.
    """
    with connect(arguments) as client:
        names = _at_hand(client)
        if arguments.code is not None:
            _run_code(arguments.code, "<-c>", names)
        elif sys.stdin is None or not sys.stdin.isatty():
            _run_code(sys.stdin.read() if sys.stdin is not None else "", "<stdin>", names)
        elif find_spec("IPython"):
            import_module("IPython").start_ipython(argv=["--no-banner"], user_ns=names)
        else:
            _interact(names, _banner(client))
    return ExitCode.OK


def _at_hand(client: Client) -> dict[str, Any]:
    import pysnow

    tables = {name: client.table(name) for name in _TABLES}
    return {"__name__": "__main__", "pysnow": pysnow, "client": client, "F": pysnow.F, "table": client.table, **tables}


def _banner(client: Client) -> str:
    return f"{client!r}\nAt hand: client, F, table(name), {', '.join(_TABLES)}. Ctrl-D ends."


def _run_code(code: str, origin: str, names: dict[str, Any]) -> None:
    exec(compile(code, origin, "exec"), names)  # noqa: S102  # what the user typed, on purpose


def _interact(names: dict[str, Any], banner: str) -> None:
    import code

    if find_spec("readline"):
        import readline
        import rlcompleter

        readline.set_completer(rlcompleter.Completer(names).complete)
        readline.parse_and_bind("tab: complete")
    code.interact(banner=banner, local=names, exitmsg="")
