"""What a command says and returns when it fails: one line, and an exit code that a script can act on."""

from __future__ import annotations

from enum import IntEnum

from pysnow.cli.terminal_text import on_one_line

__all__ = ["EXIT_CODES", "CommandError", "ExitCode", "as_line", "exit_code_of"]


class ExitCode(IntEnum):
    """Why a command ended."""

    OK = 0
    ERROR = 1
    USAGE = 2
    AUTHENTICATION = 3
    NOT_ALLOWED = 4
    NOT_FOUND = 5
    NO_CONNECTION = 6
    INSTANCE_ERROR = 7
    RATE_LIMITED = 8
    CONFLICT = 9
    UNCERTAIN = 10
    PARTLY_DONE = 11
    INTERRUPTED = 130
    READER_GONE = 141


EXIT_CODES: dict[ExitCode, str] = {
    ExitCode.OK: "done; a list may be empty",
    ExitCode.ERROR: "another error",
    ExitCode.USAGE: "the command line, or a setting, cannot be used; nothing was sent",
    ExitCode.AUTHENTICATION: "the instance did not accept who is calling, or nobody has signed in",
    ExitCode.NOT_ALLOWED: "the user may not do this",
    ExitCode.NOT_FOUND: "one record was asked for, and there is none",
    ExitCode.NO_CONNECTION: "no complete answer: address, network, certificate or timeout",
    ExitCode.INSTANCE_ERROR: "the instance answered with an error, or with something that is no answer",
    ExitCode.RATE_LIMITED: "too many requests: wait, then try again",
    ExitCode.CONFLICT: "more or fewer records than the call allows, or a record that somebody else changed",
    ExitCode.UNCERTAIN: "the answer was lost: the change may have been made, or not",
    ExitCode.PARTLY_DONE: "of many records, some were not written",
    ExitCode.INTERRUPTED: "interrupted with Ctrl-C",
    ExitCode.READER_GONE: "the reader of the output closed it, as head does",
}
"""What each exit code means; the help shows this table."""


class CommandError(Exception):
    """A command cannot go on.

    Args:
        message: What is wrong, and what to do about it.
        code: What the process returns.
    """

    def __init__(self, message: str, code: ExitCode = ExitCode.ERROR) -> None:
        super().__init__(message)
        self.code = code


def exit_code_of(error: BaseException) -> ExitCode | None:
    """The exit code of an error, or None for one that nobody foresaw."""
    if isinstance(error, CommandError):
        return error.code
    known = _code_of_library_error(error)
    if known is None and isinstance(error, OSError):
        return ExitCode.ERROR
    return known


def as_line(error: BaseException) -> str:
    """What an error says, with its hint, on one line and safe to show on a terminal."""
    text = str(error) or type(error).__name__
    hint = getattr(error, "hint", None)
    if hint and hint not in text:
        text = f"{text.rstrip('.')}. {hint}"
    return on_one_line(text)


def _code_of_library_error(error: BaseException) -> ExitCode | None:
    # Imported here because the tree borrows classes of requests, which the help must not wait for.
    from pysnow import exceptions as tree

    # The first row that fits decides: an error has several bases.
    table: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], ExitCode], ...] = (
        (tree.AmbiguousWrite, ExitCode.UNCERTAIN),
        (tree.RowsFailed, ExitCode.PARTLY_DONE),
        ((tree.MultipleResults, tree.UnexpectedCount, tree.Conflict, tree.DuplicateCreated), ExitCode.CONFLICT),
        ((tree.AuthenticationError, tree.TokenCreateError, tree.MissingToken, tree.LoginPage), ExitCode.AUTHENTICATION),
        (tree.PermissionDenied, ExitCode.NOT_ALLOWED),
        (tree.RateLimited, ExitCode.RATE_LIMITED),
        (tree.NoResults, ExitCode.NOT_FOUND),
        (tree.TransportError, ExitCode.NO_CONNECTION),
        ((tree.ResponseError, tree.UnexpectedResponseFormat), ExitCode.INSTANCE_ERROR),
        (tree.InvalidUsage, ExitCode.USAGE),
        (tree.PysnowException, ExitCode.ERROR),
    )
    return next((code for kinds, code in table if isinstance(error, kinds)), None)
