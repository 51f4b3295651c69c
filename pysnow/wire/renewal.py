"""Credentials that the instance refused with 401: whether there are others, and what is raised when that fails.

An error on the way to other credentials says what failed, with what the program's own code raised behind it, and the
401 that began it behind that. The frames of the library are in neither, since their variables hold what was sent.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from pysnow.auth import failed_renewal
from pysnow.defaults import ERROR_BODY_BYTES
from pysnow.exceptions import PysnowException
from pysnow.wire.body import read_beginning
from pysnow.wire.diagnosis import diagnose_status

if TYPE_CHECKING:
    import requests

    from pysnow.wire.exchange import Answer

__all__ = ["Renewal", "is_renewed", "renewal_of"]

Renewal: TypeAlias = "Callable[[Answer], object]"
"""Asks for other credentials; gives whether there are some."""


def renewal_of(auth: object) -> Renewal | None:
    """What asks an auth object for other credentials: its ``renewed()``, or a ``refresh(response)`` of a program's own.

    Args:
        auth: What puts credentials on requests.

    Returns:
        None for one that has no others: what a ``refresh`` does that takes no answer, is its own matter.
    """
    renewed = getattr(auth, "renewed", None)
    if renewed is not None:
        return lambda answer: renewed(answer.sent)
    refresh = getattr(auth, "refresh", None)
    if not callable(refresh) or not _takes_answer(refresh):
        return None
    return lambda answer: _refreshed(refresh, answer.response)


def is_renewed(renewal: Renewal, answer: Answer, table: str | None) -> bool:
    """Ask for other credentials.

    Args:
        renewal: What is asked.
        answer: The answer with status 401.
        table: Table concerned.

    Raises:
        PysnowException: They could not be had; the 401 is the end of its chain.
    """
    try:
        return bool(renewal(answer))
    except PysnowException as exc:
        _hang_below(exc, _refusal(answer.response, table))
        raise


def _refreshed(refresh: Callable[[requests.Response], object], response: requests.Response) -> object:
    try:
        return refresh(response)
    except PysnowException:
        raise
    except Exception as exc:
        error = failed_renewal("refresh() of the auth object failed", exc, 401)
    raise error from error.__cause__


def _takes_answer(refresh: Callable[..., object]) -> bool:
    """Whether something is a function that wants one argument, no more and no less."""
    try:
        parameters = inspect.signature(refresh).parameters.values()
    except (TypeError, ValueError):
        return False
    positional = [each for each in parameters if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)]
    wanted = [each for each in parameters if each.default is each.empty and each.kind is not each.VAR_KEYWORD]
    return bool(positional) and wanted == positional[:1]


def _refusal(response: requests.Response, table: str | None) -> PysnowException:
    try:
        body = read_beginning(response, ERROR_BODY_BYTES)
    except PysnowException:
        body = b""  # its status says it all
    return diagnose_status(response, body, table=table)


def _hang_below(error: BaseException, origin: BaseException) -> None:
    """Make something the origin of an error, below all that it names as its causes."""
    seen = {id(error)}
    while (below := error.__cause__ or (None if error.__suppress_context__ else error.__context__)) is not None:
        if id(below) in seen or type(below) is type(origin):
            return
        seen.add(id(below))
        error = below
    if error.__suppress_context__ or isinstance(error, PysnowException):
        error.__cause__ = origin
    else:
        error.__context__ = origin
