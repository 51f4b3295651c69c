"""What an error says about a change."""

from __future__ import annotations

from typing import Any

import pytest

from pysnow import exceptions as errors
from pysnow.exceptions import Attempt
from pysnow.writing.write_verdict import attempts_of, is_unique_key_refusal, verdict_on


def _status(
    kind: type[errors.HTTPStatusError], status: int, detail: str = "", **context: Any
) -> errors.HTTPStatusError:
    return kind({"message": "Operation Failed", "detail": detail}, status=status, **context)


def _sent(error: errors.PysnowException, phase: Any) -> errors.PysnowException:
    error.attempts = (Attempt(phase),)
    return error


_SECOND = (Attempt("answered", 429), Attempt("answered", 404))
DENIED = errors.PermissionDenied
ACL = "ACL Exception Insert Failed due to security constraints"
RULE = "Operation against file 'problem' was aborted by Business Rule 'My rule^9'. Business Rule Stack:My rule"
UNIQUE = "Unique Key violation detected by database (Duplicate entry 'a' for key 'sys_id')"


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (errors.InvalidUsage("x"), "not made"),
        (errors.TokenRefreshError("x", "y"), "not made"),
        (errors.ReauthRequired("x", "y"), "not made"),
        (errors.ConnectTimeout("x"), "not made"),
        (errors.TLSError("x"), "not made"),
        (_sent(errors.TransportError("x"), "not_sent"), "not made"),
        (_sent(errors.DeadlineExceeded("x"), "not_sent"), "not made"),
        (_status(errors.AuthenticationError, 401, "Required to provide Auth information"), "not made"),
        (_status(errors.AuthenticationError, 401), "refused"),
        (_status(errors.RecordNotFound, 404, "Record doesn't exist", method="PUT"), "not made"),
        (_status(errors.RecordNotFound, 404, "Record doesn't exist", method="POST"), "refused"),
        (_status(errors.RecordNotFound, 404, method="DELETE", attempts=_SECOND), "refused"),
        (_status(errors.HTTPStatusError, 400, "Invalid table nothing"), "not made"),
        (_status(errors.RateLimited, 429), "not made"),
        (_status(errors.HTTPStatusError, 400, committed=False), "not made"),
        (_status(DENIED, 403, ACL), "not made"),
        (_status(DENIED, 403, RULE), "not made"),
        (_status(DENIED, 403, UNIQUE), "not made"),
        (_status(DENIED, 403, "Failed API level ACL Validation"), "refused"),
        (_status(errors.NotFound, 404), "refused"),
        (_status(errors.HTTPStatusError, 400), "refused"),
        (errors.UnexpectedRedirect("x", status=302), "refused"),
        (errors.TransportError("x"), "unknown"),
        (_sent(errors.TransportError("x"), "maybe_sent"), "unknown"),
        (errors.ReadTimeout("x"), "unknown"),
        (errors.DeadlineExceeded("x"), "unknown"),
        (errors.RetriesExhausted("x"), "unknown"),
        (errors.IncompleteResponse("x", status=201), "unknown"),
        (errors.EmptyContent("x", status=202), "unknown"),
        (errors.MalformedResponse("x"), "unknown"),
        (errors.LoginPage("x"), "unknown"),
        (errors.ResponseTooLarge("x"), "unknown"),
        (errors.MissingResult("x"), "unknown"),
        (errors.ErrorInResult({"message": "x"}), "unknown"),
        (errors.UnexpectedResponseFormat("x"), "unknown"),
        (_status(errors.HTTPStatusError, 408), "unknown"),
        (_status(errors.HTTPStatusError, 499), "unknown"),
        (_status(errors.ServerError, 500, ACL), "unknown"),
        (_status(errors.ServerError, 504), "unknown"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{type(value).__name__} {value.status}",
)  # fmt: skip
def test_verdict_on(error: errors.PysnowException, verdict: str) -> None:
    assert verdict_on(error) == verdict


@pytest.mark.parametrize(
    ("error", "is_one"),
    [
        (_status(DENIED, 403, UNIQUE), True),
        (_status(errors.HTTPStatusError, 400, "Duplicate entry 'x' for key"), True),
        (_status(errors.HTTPStatusError, 409, "a record already exists"), True),
        (_status(DENIED, 403, ACL), False),
        (_status(errors.ServerError, 500, UNIQUE), False),
        (errors.TransportError(UNIQUE), False),
    ],
)
def test_is_unique_key_refusal(error: errors.PysnowException, is_one: bool) -> None:
    assert is_unique_key_refusal(error) is is_one


@pytest.mark.parametrize(
    ("error", "phase"),
    [
        (errors.EmptyContent("x", status=202), "answered"),
        (errors.TransportError("x"), "maybe_sent"),
        (_sent(errors.TransportError("x"), "not_sent"), "not_sent"),
    ],
)
def test_attempts_of__is_one_at_least(error: errors.PysnowException, phase: str) -> None:
    assert [attempt.phase for attempt in attempts_of(error)] == [phase]
