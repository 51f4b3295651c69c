"""The command ``pysnow``: arguments in, exit code out.

Data goes to standard output, talk and errors to standard error. Nothing that a command needs is imported before that
command runs, so that ``pysnow --help`` answers at once.
"""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Sequence

from pysnow.cli.arguments import parse
from pysnow.cli.errors import ExitCode, as_line, exit_code_of

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: Arguments; those of the process when not given.

    Returns:
        The exit code: 0, or one of :class:`~pysnow.cli.errors.ExitCode`.
    """
    if sys.stdout is None:  # closed by the caller
        return ExitCode.READER_GONE
    _write_every_character()
    arguments = None
    try:
        arguments = parse(sys.argv[1:] if argv is None else argv)
        code: int = arguments.run(arguments)
        sys.stdout.flush()
    except SystemExit as exc:  # argparse ends this way, with its help or its complaint printed
        return exc.code if isinstance(exc.code, int) else ExitCode.OK
    except KeyboardInterrupt:
        print("pysnow: interrupted", file=sys.stderr)
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        _discard_output()
        return ExitCode.READER_GONE
    except Exception as exc:
        known = exit_code_of(exc)
        if known is None:  # a mistake of ours: its traceback is what helps
            raise
        print(_complaint(exc, known, getattr(arguments, "format", None)), file=sys.stderr)
        return known
    return code


def _complaint(error: Exception, code: ExitCode, form: str | None) -> str:
    """One line for people; with ``--output json`` one JSON object, as the rest of the output."""
    if form != "json":
        return f"pysnow: error: {as_line(error)}"
    return json.dumps({"error": {"code": int(code), "kind": type(error).__name__, "message": as_line(error)}})


def _write_every_character() -> None:
    """Let no character break the output off: a file or a pipe gets UTF-8, a terminal escapes what it cannot show."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        if sys.stdout.isatty():
            sys.stdout.reconfigure(errors="backslashreplace")
        else:
            sys.stdout.reconfigure(encoding="utf-8", errors="surrogatepass")


def _discard_output() -> None:
    """Send what is still buffered nowhere: whoever read it (``head``, a pager) has gone."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
