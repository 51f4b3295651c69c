"""Errors of the layers below, in the words of this library, with nothing secret left on them."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import requests
import urllib3.exceptions
from requests.structures import CaseInsensitiveDict

from pysnow.exceptions import (
    ConnectTimeout,
    DeadlineExceeded,
    InvalidUsage,
    ProxyError,
    PysnowException,
    ReadTimeout,
    RequestTimeout,
    RetriesExhausted,
    TLSError,
    TransportError,
)

if TYPE_CHECKING:
    from pysnow.exceptions import Phase
    from pysnow.wire.connection import Wire
    from pysnow.wire.exchange import Request

__all__ = [
    "SECRET_HEADERS",
    "blotted",
    "is_about_writing",
    "out_of_time",
    "phase_of",
    "translated",
    "unwritable",
    "without_secrets",
]

_TIMEOUTS: tuple[tuple[type[requests.Timeout], type[RequestTimeout]], ...] = (
    (requests.ConnectTimeout, ConnectTimeout),
    (requests.ReadTimeout, ReadTimeout),
)
SECRET_HEADERS = ("Authorization", "Proxy-Authorization", "Cookie", "X-UserToken", "x-sn-apikey")
"""Headers of a request that are credentials."""

_REFUSED_BY_PEER = re.compile(r"alert.*(certificate|unknown.ca|handshake|access.denied)", re.IGNORECASE | re.DOTALL)
"""What a server says when it does not take the client's certificate; under TLS 1.3 it does so behind the request."""

_SPOKE_PLAINLY = re.compile(r"WRONG_VERSION_NUMBER|HTTP_REQUEST|UNKNOWN_PROTOCOL|wrong version number")
"""What OpenSSL says when the first bytes of the other side are no TLS."""

_ABOUT_AN_ANSWER = (urllib3.exceptions.InvalidHeader, requests.exceptions.JSONDecodeError)

_NOT_CONNECTED = (
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.ProxyError,
)


def translated(exc: requests.RequestException, request: Request, wire: Wire) -> PysnowException:
    """The library's own error for one of requests, by what the caller can do.

    Args:
        exc: The error.
        request: What was being sent.
        wire: How far it got.
    """
    where = f"{request.method} {request.path}"
    context: dict[str, Any] = {"method": request.method, "path": request.path}
    if isinstance(exc, requests.exceptions.SSLError) and not _is_cut(exc):
        return _about_tls(exc, where, context)
    if _is_timeout(exc) and wire.deadline.remaining <= 0:
        return out_of_time(request, wire)
    if isinstance(exc, requests.exceptions.ProxyError):
        return ProxyError(f"{where}: the proxy does not serve ({_reason(exc)})", **context)
    if _is_timeout(exc):  # while the request was being sent, too
        timeout = next((ours for theirs, ours in _TIMEOUTS if isinstance(exc, theirs)), RequestTimeout)
        return timeout(f"{where}: no answer in time (timeout={request.timeout}, seconds)", **context)
    if isinstance(exc, requests.exceptions.RetryError):
        return RetriesExhausted(
            f"{where}: the session's own retries gave up ({_reason(exc)}). "
            "raise_on_status=False in its Retry lets the last answer through",
            **context,
        )
    if _is_unwritten(exc, wire):
        return unwritable(request)
    hint = _hint_of(exc)
    return TransportError(f"{where}: no answer ({_reason(exc)})" + (f". {hint}" if hint else ""), hint=hint, **context)


def _about_tls(exc: requests.RequestException, where: str, context: Mapping[str, Any]) -> TLSError:
    if any(_SPOKE_PLAINLY.search(str(error)) for error in _chain(exc)):
        hint = "The port speaks plain HTTP: check the port in host=, or write http:// before it where that is meant"
        return TLSError(f"{where}: no TLS is spoken there ({_reason(exc)}). {hint}", hint=hint, **context)
    hint = "Point verify= or REQUESTS_CA_BUNDLE to the CA certificate of your network"
    return TLSError(
        f"{where}: the instance's certificate is not trusted here ({_reason(exc)}). {hint}", hint=hint, **context
    )


def _hint_of(exc: BaseException) -> str | None:
    for error in _chain(exc):
        if isinstance(error, (socket.gaierror, urllib3.exceptions.NameResolutionError)):
            return "The name of the host is not known here: check instance= or host=, and the network's DNS"
        if isinstance(error, ConnectionRefusedError):
            return "Nothing listens there: check host= and its port"
    return None


def phase_of(exc: requests.RequestException, wire: Wire) -> Phase:
    """How far a request got that ended in an error.

    Args:
        exc: The error.
        wire: What the connection saw, if it was one that looks.
    """
    if any(isinstance(error, _NOT_CONNECTED) for error in _chain(exc)):
        return "not_sent"
    if isinstance(exc, requests.exceptions.SSLError) and _REFUSED_BY_PEER.search(str(exc)):
        return "not_sent"
    if _is_unwritten(exc, wire):
        return "not_sent"
    if wire.is_watched:
        return "maybe_sent" if wire.is_sent else "not_sent"
    if isinstance(exc, (requests.exceptions.SSLError, requests.ConnectTimeout)) and not _is_cut(exc):
        return "not_sent"
    return "maybe_sent"


def _is_unwritten(exc: requests.RequestException, wire: Wire) -> bool:
    """Whether the request cannot be written; errors about what an answer holds are of the same classes."""
    if wire.is_sent or not isinstance(exc, (ValueError, requests.exceptions.InvalidSchema)):
        return False
    return not any(isinstance(error, _ABOUT_AN_ANSWER) for error in _chain(exc))


def out_of_time(request: Request, wire: Wire) -> DeadlineExceeded:
    """The error for a call whose deadline has passed.

    Args:
        request: What was being sent.
        wire: The attempt.
    """
    return DeadlineExceeded(
        f"{request.method} {request.path}: no answer within {wire.deadline.seconds:g} seconds (deadline=)",
        method=request.method,
        path=request.path,
        hint="Raise deadline=, or ask for fewer records or fields",
    )


def unwritable(request: Request) -> InvalidUsage:
    """The error for what cannot be written as a request.

    Args:
        request: What it was.
    """
    return InvalidUsage(
        f"{request.method} {request.path} cannot be sent: look for line breaks, blanks at an end or letters outside "
        "Latin-1 in the headers of the call and of the session, and at the timeout",
        method=request.method,
        path=request.path,
    )


def is_about_writing(exc: BaseException) -> bool:
    """Whether the standard library refused to write the request, a header of it or its timeout.

    Args:
        exc: What was raised.
    """
    trace = exc.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    home = trace.tb_frame.f_globals.get("__name__", "") if trace is not None else ""
    return home.partition(".")[0] in ("http", "socket", "ssl", "urllib3", "encodings", "requests")


def blotted(exc: BaseException, request: Request) -> BaseException:
    """An error and those behind it, without what holds credentials.

    That is their frames, whose variables do; the connections and pools they name, which know the proxy's password; and
    the headers of the request.

    Args:
        exc: The error; it is changed.
        request: What was being sent.
    """
    for error in _chain(exc):
        error.__traceback__ = None
        for name in ("pool", "conn", "_pool"):
            if vars(error).get(name) is not None:
                setattr(error, name, None)
        error.args = tuple(arg if isinstance(arg, _HARMLESS) else type(arg).__name__ for arg in error.args)
        if isinstance(error, requests.RequestException):
            error.request = without_secrets(error.request, request)
    return exc


_SECRET_NAMES = frozenset(name.lower() for name in SECRET_HEADERS)
_HARMLESS = (str, bytes, int, float, BaseException, type(None))


def without_secrets(sent: Any, request: Request) -> Any:
    """A copy of a request that was sent, its credentials blotted out: answers and errors hold on to it.

    Args:
        sent: The prepared request, or whatever a stand-in has in its place.
        request: What it was made from.
    """
    if not isinstance(sent, requests.PreparedRequest) or sent.headers is None:
        return sent
    shown = requests.PreparedRequest()
    shown.method, shown.url, shown.hooks = sent.method, sent.url, sent.hooks
    shown.headers = CaseInsensitiveDict()
    shown.body = None if request.operation == "token" else sent.body
    for name, value in sent.headers.items():
        shown.headers[name] = _mask_of(value) if name.lower() in _SECRET_NAMES else value
    return shown


def _mask_of(value: Any) -> str:
    """What stands for a credential: which scheme it was, where that is a word everybody knows, tells what was wrong."""
    scheme = value.partition(" ")[0] if isinstance(value, str) else ""
    return f"{scheme} ***" if scheme in ("Basic", "Bearer") else "***"


def _chain(exc: BaseException) -> Iterator[BaseException]:
    """An error and all that hang from it."""
    todo: list[object] = [exc]
    seen: set[int] = set()
    while todo:
        error = todo.pop()
        if isinstance(error, BaseException) and id(error) not in seen:
            seen.add(id(error))
            todo += [error.__cause__, error.__context__, getattr(error, "reason", None), *error.args]
            yield error


def _is_cut(exc: BaseException) -> bool:
    """Whether a connection under TLS just ended, or was silent: nothing about certificates."""
    kinds = (ssl.SSLEOFError, ssl.SSLZeroReturnError, TimeoutError, ConnectionError)
    return any(isinstance(error, kinds) or "UNEXPECTED_EOF" in str(error) for error in _chain(exc))


def _is_timeout(exc: BaseException) -> bool:
    kinds = (requests.Timeout, urllib3.exceptions.TimeoutError, TimeoutError)
    # A connection that was refused is a time-out only by descent.
    refused = urllib3.exceptions.NewConnectionError
    return any(isinstance(error, kinds) and not isinstance(error, refused) for error in _chain(exc))


def _reason(exc: BaseException) -> str:
    """The innermost cause in a few words; the outer ones repeat the whole address, query included."""
    seen: set[int] = set()
    cause: BaseException = exc
    while id(cause) not in seen:
        seen.add(id(cause))
        inner = getattr(cause, "reason", None) or next((arg for arg in cause.args if isinstance(arg, Exception)), None)
        if isinstance(inner, BaseException):
            cause = inner
    said = re.sub(r"^[A-Z0-9_]+\] ", "", str(cause).rsplit(": ", 1)[-1])  # half of OpenSSL's "[SSL: WRONG_VERSION] "
    text = re.sub(r"https?://\S+", "...", said) or type(cause).__name__
    return text[:200]
