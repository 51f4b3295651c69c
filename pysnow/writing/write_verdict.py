"""What an error says about a change: that it was not made, that it was refused, or nothing at all. Pure.

===================================================  ===========  =====================================================
evidence                                             verdict      what the caller gets
===================================================  ===========  =====================================================
not sent; 429; no token                              not made     the error as it is, ``committed`` False
the platform's own refusal: credentials, access      not made     the same
rules, business rules, data policy, unique key; no
such record
401, 403, 404, redirect and other statuses below     refused      the error as it is, ``committed`` None: a refusal
500 without such words                                            like this was seen after the record had been created
                                                                  (KB2697679)
no answer, half an answer, 202, 408, 5xx, a page,    unknown      the change is looked for; if that does not tell,
an error object, nothing or something else in place               ``AmbiguousWrite``
of the record
===================================================  ===========  =====================================================
"""

from __future__ import annotations

import re
from typing import Final, Literal, TypeAlias

from pysnow.exceptions import (
    Attempt,
    ConnectTimeout,
    HTTPStatusError,
    InvalidUsage,
    PysnowException,
    RecordNotFound,
    TLSError,
    TokenCreateError,
    UnexpectedRedirect,
)

__all__ = ["Verdict", "attempts_of", "is_unique_key_refusal", "verdict_on"]

Verdict: TypeAlias = Literal["not made", "refused", "unknown"]

_TOO_MANY: Final = 429
_IN_DOUBT: Final = frozenset({408, 499})
"""Statuses below 500 of edges that had sent the request on before they lost patience."""

_DUPLICATE = re.compile(r"unique key|duplicate (?:entry|key|value)|already exists", re.IGNORECASE)
_DEFINITE = re.compile(
    r"ACL Exception \w+ Failed|aborted by Business Rule|Data Policy Exception|Invalid table |" + _DUPLICATE.pattern,
    re.IGNORECASE,
)


def verdict_on(error: PysnowException) -> Verdict:
    """Tell what an error of a change says about the change.

    Args:
        error: What sending it, or reading its answer, raised.
    """
    if error.committed is False or error.phase == "not_sent":
        return "not made"
    if isinstance(error, (InvalidUsage, TokenCreateError)):
        return "not made"
    if error.phase is None and isinstance(error, (ConnectTimeout, TLSError)):
        return "not made"
    if isinstance(error, HTTPStatusError):
        return _verdict_on_status(error)
    return "refused" if isinstance(error, UnexpectedRedirect) else "unknown"


def is_unique_key_refusal(error: PysnowException) -> bool:
    """Whether the instance refused a record because there is one with the same sys_id, or other unique value."""
    return (
        isinstance(error, HTTPStatusError)
        and error.status in (400, 403, 409)
        and bool(_DUPLICATE.search(f"{error.message} {error.detail}"))
    )


def attempts_of(error: PysnowException) -> tuple[Attempt, ...]:
    """The attempts behind an error, at least the one that it is about."""
    phase = error.phase or ("answered" if error.status else "maybe_sent")
    return error.attempts or (Attempt(phase, error.status, type(error).__name__),)


def _is_first(error: HTTPStatusError) -> bool:
    """Whether nothing reached the instance before what was answered so: it might have deleted the record."""
    return all(attempt.phase == "not_sent" for attempt in error.attempts[:-1])


def _is_explained(error: HTTPStatusError) -> bool:
    """Whether an answer holds message and detail, as the platform's own refusals do and pages do not."""
    return "<empty>" not in (error.message, error.detail)


def _verdict_on_status(error: HTTPStatusError) -> Verdict:
    status = error.status or 0
    if status == _TOO_MANY or (status == 401 and _is_explained(error)):
        return "not made"
    if status >= 500 or status in _IN_DOUBT:
        return "unknown"
    if isinstance(error, RecordNotFound) and error.method != "POST" and _is_first(error):
        return "not made"
    is_definite = status in (400, 403, 409) and _DEFINITE.search(f"{error.message} {error.detail}")
    return "not made" if is_definite else "refused"
