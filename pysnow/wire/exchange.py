"""One attempt: a request goes out, and an answer comes back or the reason why none does.

No secret stays behind in either: the request that hangs from an answer or an error is a copy without credentials.
"""

from __future__ import annotations

import math
import platform
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import EllipsisType
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import quote_plus, urlencode

import requests

from pysnow import __version__
from pysnow.auth import Secret
from pysnow.defaults import TIMEOUT
from pysnow.exceptions import InvalidUsage, PysnowException, TokenRefreshError
from pysnow.wire.answer_facts import attach_facts
from pysnow.wire.body import hold_body, read_body
from pysnow.wire.connection import CallTimeout
from pysnow.wire.sessions import ThreadSession
from pysnow.wire.translation import (
    blotted,
    is_about_writing,
    out_of_time,
    phase_of,
    translated,
    unwritable,
    without_secrets,
)

if TYPE_CHECKING:
    from pysnow._types import Timeout
    from pysnow.exceptions import Phase
    from pysnow.wire.answer_facts import AnswerFacts
    from pysnow.wire.connection import Wire

__all__ = [
    "USER_AGENT",
    "Answer",
    "Failure",
    "Outcome",
    "Request",
    "TooLong",
    "address_length",
    "exchange",
    "query_text",
]

USER_AGENT: Final = f"pysnow/{__version__} (python {platform.python_version()}; requests {requests.__version__})"
"""What every request says it comes from, unless the session has a name of its own; a caller's own name is added."""


_UNRESERVED = re.compile(r"[A-Za-z0-9_.~-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Request:
    """All that one call means, decided before it is sent.

    Attributes:
        method: HTTP method, upper case.
        path: Path below the instance's address, without query.
        operation: ``read``, ``create``, ``update``, ``delete``, ``upload``, ``download``, ``token`` or ``custom``.
        table: Table concerned, if any.
        params: Query parameters.
        headers: Headers beside the usual ones.
        content: The body and further arguments of ``requests.Session.request``: ``data``, ``files`` ...
        stream: Whether the body stays on the wire until it is read.
        packs: Whether a large body may be held compressed, for a reader that takes it in pieces.
        timeout: Seconds to connect and to read.
        deadline: Seconds that the call may take, all attempts together; None for no end, the client's own when not
            given.
        heal: Whether what fails is repeated as the policy has it; False for a caller that does so by itself.
    """

    method: str
    path: str
    operation: str
    table: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: Mapping[str, Any] = field(default_factory=dict, repr=False)
    stream: bool = False
    packs: bool = False
    timeout: Timeout = TIMEOUT
    deadline: float | None | EllipsisType = ...
    heal: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    Attributes:
        response: The answer; its body has been read unless the request says ``stream``.
        sent: The Authorization header that was sent.
    """

    response: requests.Response
    sent: Secret[str]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why no answer, or no whole one, came back.

    Attributes:
        error: The library's own error.
        phase: How far the request got.
        status: Status of an answer that broke off.
        is_own: Whether this attempt failed; False when it was not made, because what it needs could not be had.
    """

    error: PysnowException
    phase: Phase
    status: int | None = None
    is_own: bool = True


@dataclass(frozen=True, slots=True)
class TooLong(Failure):
    """Not sent, because its address is longer than those that are sent.

    Attributes:
        query: Its query, as it would stand in the address.
    """

    query: str = field(default="", repr=False)


Outcome: TypeAlias = Answer | Failure


def exchange(
    session: requests.Session,
    address: str,
    request: Request,
    wire: Wire,
    facts: AnswerFacts,
    settings: Mapping[str, Any],
    longest: float = math.inf,
) -> Outcome:
    """Send a request once.

    Args:
        session: What sends.
        address: Address of the instance.
        request: What is sent.
        wire: The attempt.
        facts: What the answer is to remember.
        settings: Certificates and proxies.
        longest: Characters of path and query above which a GET is not sent.
    """
    try:
        query = _query(session, request)
        if request.method == "GET":
            text = query if isinstance(query, str) else query_text(session, request)
            if address_length(request, text) > longest:
                return _too_long(request, text)
        response = _sent(session, address, request, query, wire, settings)
    except PysnowException as exc:
        return Failure(exc, "not_sent", is_own=False)  # no token could be had, most likely
    except requests.RequestException as exc:
        return _failure(exc, request, wire)
    except TimeoutError:
        if wire.deadline.remaining > 0:
            raise  # the caller's own, too
        return Failure(out_of_time(request, wire), "maybe_sent" if wire.is_sent else "not_sent")
    except (ValueError, OverflowError) as exc:
        if not is_about_writing(exc):
            raise  # the caller's own: a hook, an auth object
        # Its text and its objects hold the header, which may be a credential.
        return Failure(unwritable(request), "not_sent")
    except Exception as exc:
        if not type(exc).__module__.startswith("oauthlib."):
            raise
        said = str(getattr(exc, "description", None) or type(exc).__name__)
        error = TokenRefreshError("The session that was handed in has no valid token", said)
        error.__cause__ = blotted(exc, request)
        return Failure(error, "not_sent", is_own=False)
    return _received(response, request, facts)


def query_text(session: requests.Session, request: Request) -> str:
    """The query of a request as it stands in its address, parameters of the session included.

    Args:
        session: What sends.
        request: What is sent.
    """
    own = getattr(session, "params", None)  # what stands in for a session may have none
    if not own or not isinstance(own, Mapping):
        return _encoded(request.params)
    merged = {**own, **request.params}
    return urlencode({name: value for name, value in merged.items() if value is not None}, doseq=True)


def address_length(request: Request, query: str) -> int:
    """Characters of path and query of a request.

    Args:
        request: What is sent.
        query: Its query, see :func:`query_text`.
    """
    return len(request.path) + 1 + len(query)


def _encoded(params: Mapping[str, Any]) -> str:
    """As ``urlencode``, in a third of the time: most names and values are words that stay as they are."""
    return "&".join([f"{_quoted(name)}={_quoted(value)}" for name, value in params.items()])


def _quoted(value: Any) -> str:
    if type(value) is str and _UNRESERVED.fullmatch(value):
        return value
    return quote_plus(value if isinstance(value, (str, bytes)) else str(value))


def _too_long(request: Request, query: str) -> TooLong:
    error = InvalidUsage(
        f"The address of {request.method} {request.path} has {address_length(request, query):,} characters, more than "
        "the instance takes: split the query",
        method=request.method,
        path=request.path,
    )
    return TooLong(error, "not_sent", query=query)


def _failure(exc: requests.RequestException, request: Request, wire: Wire) -> Failure:
    phase, error = phase_of(exc, wire), translated(exc, request, wire)
    error.__cause__ = blotted(exc, request)
    return Failure(error, phase)


def _received(response: requests.Response, request: Request, facts: AnswerFacts) -> Outcome:
    # A stub that answers in a test may have no request.
    asked: requests.PreparedRequest | None = getattr(response, "request", None)
    sent = Secret(str(asked.headers.get("Authorization", "")) if asked is not None else "")
    response.request = without_secrets(asked, request)
    # A redirect that requests has prepared, credentials included, and the adapter, which knows the proxy's password.
    response._next = None  # type: ignore[attr-defined]  # missing in the stubs
    response.connection = None  # type: ignore[assignment]  # nobody asks for it
    attach_facts(response, facts)
    if not request.stream:
        try:
            (hold_body if request.packs else read_body)(response)
        except PysnowException as exc:
            return Failure(exc, "answered", response.status_code)
    return Answer(response, sent)


def _sent(
    session: requests.Session, address: str, request: Request, query: Any, wire: Wire, settings: Mapping[str, Any]
) -> requests.Response:
    headers, timeout = _headers(session, request), _timeout(session, request.timeout, wire)
    try:
        if isinstance(session, ThreadSession) and request.method == "GET" and not request.content:
            bare = session.prepare_bare(address, request.path, query, headers)
            if bare is not None:
                sending = session.merge_environment_settings(bare.url, {}, True, None, None)
                return session.send(bare, timeout=timeout, allow_redirects=False, **{**sending, **settings})
        return session.request(
            request.method,
            address + request.path,
            params=query,
            headers=headers,
            timeout=timeout,
            allow_redirects=False,
            stream=True,
            **{**settings, **request.content},
        )
    except requests.HTTPError as exc:
        # A hook, or a session of its own class, has looked at the status: that is an answer all the same.
        if exc.response is None:
            raise
        return exc.response


def _query(session: requests.Session, request: Request) -> Any:
    # As text it costs requests a tenth; a session with parameters or a way of its own wants to look at them.
    if isinstance(session, ThreadSession) and not session.params:
        return _encoded(request.params)
    return dict(request.params)


def _timeout(session: requests.Session, timeout: Timeout, wire: Wire) -> Any:
    connect, read = timeout if isinstance(timeout, tuple) else (timeout, timeout)
    left = CallTimeout.of(wire.patience(connect), wire.patience(read), wire)
    # A session with a way of its own gets what the caller said, unless the deadline is nearer.
    return timeout if not isinstance(session, ThreadSession) and left == (connect, read) else left


def _headers(session: requests.Session, request: Request) -> dict[str, str]:
    headers = {"Accept": "application/json", "Accept-Encoding": "gzip, deflate"}
    agent = str(session.headers.get("User-Agent") or "")
    if not agent or agent == requests.utils.default_user_agent():
        own = session.user_agent if isinstance(session, ThreadSession) else None
        headers["User-Agent"] = f"{USER_AGENT} {own}" if own else USER_AGENT
    # With files= or a form, requests writes the type itself, boundary included.
    if "files" not in request.content and not isinstance(request.content.get("data"), (Mapping, list, tuple)):
        headers["Content-Type"] = "application/json"
    given = {name.lower() for name in request.headers}
    return {**{name: value for name, value in headers.items() if name.lower() not in given}, **request.headers}
