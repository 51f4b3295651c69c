"""Exit codes, and errors on one line."""

from __future__ import annotations

import pytest

from pysnow import exceptions as tree
from pysnow.cli.errors import EXIT_CODES, CommandError, ExitCode, as_line, exit_code_of


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (CommandError("x", ExitCode.USAGE), 2),
        (CommandError("x"), 1),
        (tree.InvalidUsage("x"), 2),
        (tree.QueryTypeError("x"), 2),
        (tree.AuthenticationError(status=401), 3),
        (tree.TokenCreateError("x", "y", 401), 3),
        (tree.LoginPage("x"), 3),
        (tree.PermissionDenied(status=403), 4),
        (tree.RecordNotFound(status=404), 5),
        (tree.NoResults("x"), 5),
        (tree.TransportError("x"), 6),
        (tree.RequestTimeout("x"), 6),
        (tree.TLSError("x"), 6),
        (tree.IncompleteResponse("x"), 6),
        (tree.NotFound(status=404), 7),
        (tree.ServerError(status=503), 7),
        (tree.ErrorInResult({"message": "x"}), 7),
        (tree.PartialResult({"message": "x"}), 7),
        (tree.InstanceHibernating("x"), 7),
        (tree.TruncatedResponse("x"), 7),
        (tree.UnexpectedRedirect("x"), 7),
        (tree.RateLimited(status=429), 8),
        (tree.MultipleResults("x"), 9),
        (tree.UnexpectedCount("x"), 9),
        (tree.Conflict("x"), 9),
        (tree.AmbiguousWrite("x"), 10),
        (tree.RowsFailed("x"), 11),
        (tree.IncompleteResult("x"), 1),
        (FileNotFoundError("x"), 1),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_exit_code__tells_the_kind_of_error(error: Exception, code: int) -> None:
    assert exit_code_of(error) == code


def test_exit_code__of_a_mistake_of_ours_is_unknown() -> None:
    assert exit_code_of(KeyError("x")) is None


def test_every_exit_code__is_explained() -> None:
    assert list(EXIT_CODES) == list(ExitCode)


def test_line__holds_the_hint() -> None:
    assert as_line(tree.TransportError("No answer.", hint="Check the address")) == "No answer. Check the address"


def test_line__does_not_repeat_a_hint_that_the_text_holds() -> None:
    assert as_line(tree.TransportError("No answer. Check it", hint="Check it")) == "No answer. Check it"


def test_line__is_one_and_harmless() -> None:
    assert as_line(tree.TransportError("two\nlines \x1b[31m")) == "two lines \\x1b[31m"


def test_line__of_an_error_without_words_is_its_name() -> None:
    assert as_line(OSError()) == "OSError"
