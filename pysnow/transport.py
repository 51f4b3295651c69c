"""The only sender: one call goes out, one answer comes back, and no secret stays behind in either.

Invariants:

* What a call means is in its :class:`Request`; sending changes neither it nor the session that was handed in.
* Each thread, and each process after a fork, has a cookie jar of its own, because an instance works on one transaction
  at a time for each session cookie, and answers 202 without doing anything when more than a few wait (ServiceNow's
  engineering blog on HTTP 202 for inbound calls).
* Redirects are never followed and netrc files never read: both would send credentials elsewhere.
"""

from __future__ import annotations

import logging
import os
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

import requests

from pysnow import __version__
from pysnow.auth import BearerAuth, NoAuth, Secret
from pysnow.body import read_body
from pysnow.defaults import TIMEOUT
from pysnow.exceptions import (
    ConnectTimeout,
    InvalidUsage,
    ProxyError,
    PysnowException,
    ReadTimeout,
    RequestTimeout,
    RetriesExhausted,
    TLSError,
    TokenRefreshError,
    TransportError,
)

if TYPE_CHECKING:
    from pysnow._types import Timeout

__all__ = ["Request", "Transport", "checked_session", "make_session"]

_LOG = logging.getLogger(__name__)
_TIMEOUTS: tuple[tuple[type[requests.Timeout], type[RequestTimeout]], ...] = (
    (requests.ConnectTimeout, ConnectTimeout),
    (requests.ReadTimeout, ReadTimeout),
)
_OWN_WAYS = frozenset({"get_adapter", "merge_environment_settings", "prepare_request", "request", "send"})
"""Methods by which a session object was given a way of its own, by a program or by a mock."""

_SECRET_HEADERS = ("Authorization", "Proxy-Authorization", "Cookie", "X-UserToken", "x-sn-apikey")


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
        timeout: Seconds to connect and to read.
    """

    method: str
    path: str
    operation: str
    table: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: Mapping[str, Any] = field(default_factory=dict, repr=False)
    stream: bool = False
    timeout: Timeout = TIMEOUT

    @property
    def can_repeat(self) -> bool:
        """Whether the body is still there after it was sent once: a file is read to its end."""
        data = self.content.get("data")
        return not self.content.get("files") and (data is None or isinstance(data, (str, bytes, dict)))


class Transport:
    """Sends requests to one instance. Threads may share it.

    Args:
        base_url: Address of the instance.
        session: Template for the sessions that send: its adapters, auth, headers, proxies and certificates are used. An
            object of a class of its own, such as an OAuth session, sends by itself, since a copy might not do the same.
        verify: Path of a CA bundle, or whether to check the instance's certificate; None leaves that to the session.
        cert: Client certificate: a path, or a pair of paths to certificate and key.
        proxies: Proxy by scheme; None leaves that to the session and the environment.
    """

    def __init__(
        self,
        base_url: str,
        session: requests.Session,
        *,
        verify: bool | str | None = None,
        cert: str | tuple[str, str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> None:
        self.base_url = base_url
        self.template = session
        given = {"verify": verify, "cert": cert, "proxies": proxies}
        self._overrides: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        self._environment = _environment_of(session, base_url)
        self._threads = threading.local()
        self._process = os.getpid()

    def send(self, request: Request) -> requests.Response:
        """Send a request and give back its answer, whatever its status.

        Unless the request says ``stream``, the body has been read. A token that the instance refuses is renewed, and
        the request sent again, once.

        Args:
            request: What to send.

        Returns:
            The answer; its ``request`` no longer holds credentials.

        Raises:
            TransportError: No answer came.
        """
        _LOG.debug("(REQUEST_SEND) Method: %s, path: %s", request.method, request.path)
        started = time.monotonic()
        try:
            response = self._answer(self._session(), request)
        except PysnowException as exc:
            elapsed = round(time.monotonic() - started, 3)
            exc.describe(operation=request.operation, table=request.table, elapsed=elapsed)
            raise
        _LOG.debug(
            "(RESPONSE_RECEIVE) Status: %s, method: %s, path: %s, transaction: %s, ms: %.0f",
            response.status_code,
            request.method,
            request.path,
            response.headers.get("X-Transaction-ID", "-"),
            (time.monotonic() - started) * 1000,
        )
        return response

    def __reduce__(self) -> NoReturn:
        raise TypeError("A client holds credentials and connections: build it anew in the other process.")

    def close(self) -> None:
        """Close the connections."""
        self.template.close()

    def _answer(self, session: requests.Session, request: Request) -> requests.Response:
        """The answer, after one renewal of a refused token at the most."""
        response, sent = self._exchange(session, request)
        auth = session.auth
        if response.status_code != 401 or not isinstance(auth, BearerAuth) or not request.can_repeat:
            return response
        if not auth.renewed(sent):
            return response
        response.close()
        return self._exchange(session, request)[0]

    def _exchange(self, session: requests.Session, request: Request) -> tuple[requests.Response, Secret[str]]:
        """One request and its answer, with the Authorization header that was sent."""
        try:
            response = self._sent(session, request)
        except PysnowException:
            raise
        except requests.RequestException as exc:
            raise _translated(exc, request) from _without_frames(exc)
        except (ValueError, OverflowError) as exc:
            if not _is_about_writing(exc):
                raise  # the caller's own: a hook, an auth object
            # Its text and its objects hold the header, which may be a credential.
            raise _unwritable(request) from None
        except Exception as exc:
            if not type(exc).__module__.startswith("oauthlib."):
                raise
            said = str(getattr(exc, "description", None) or type(exc).__name__)
            raise TokenRefreshError("The session that was handed in has no valid token", said) from _without_frames(exc)
        # A stub that answers in a test may have no request.
        asked: requests.PreparedRequest | None = getattr(response, "request", None)
        sent = Secret(str(asked.headers.get("Authorization", "")) if asked is not None else "")
        response.request = _without_secrets(asked, request)
        # A redirect that requests has prepared, credentials included; its stubs do not know of it.
        response._next = None  # type: ignore[attr-defined]
        if not request.stream:
            read_body(response)
        return response, sent

    def _sent(self, session: requests.Session, request: Request) -> requests.Response:
        try:
            return session.request(
                request.method,
                self.base_url + request.path,
                params=dict(request.params),
                headers=self._headers(session, request),
                timeout=request.timeout,
                allow_redirects=False,
                stream=True,
                **{**self._settings(session), **request.content},
            )
        except requests.HTTPError as exc:
            # A hook, or a session of its own class, has looked at the status: that is an answer all the same.
            if exc.response is None:
                raise
            return exc.response

    def _headers(self, session: requests.Session, request: Request) -> dict[str, str]:
        headers = {"Accept": "application/json", "Accept-Encoding": "gzip, deflate"}
        agent = str(session.headers.get("User-Agent") or "")
        if not agent or agent == requests.utils.default_user_agent():
            headers["User-Agent"] = f"pysnow/{__version__}"
        # With files= or a form, requests writes the type itself, boundary included.
        if "files" not in request.content and not isinstance(request.content.get("data"), (Mapping, list, tuple)):
            headers["Content-Type"] = "application/json"
        given = {name.lower() for name in request.headers}
        return {**{name: value for name, value in headers.items() if name.lower() not in given}, **request.headers}

    def _session(self) -> requests.Session:
        """The session of this thread, up to date with its template."""
        if self._process != os.getpid():
            self._part_from_parent()
        if not self._is_template():
            return self.template
        session: requests.Session | None = getattr(self._threads, "session", None)
        if session is None:
            session = self._threads.session = _ThreadSession()
            session.adapters = self.template.adapters
            session.cookies.update(self.template.cookies)
        # The caller may go on changing the template; only the cookie jar is this thread's own.
        session.auth = self.template.auth or NoAuth()
        session.headers = self.template.headers
        session.hooks = self.template.hooks
        session.params = self.template.params
        session.cert = self.template.cert
        return session

    def _part_from_parent(self) -> None:
        """After a fork: drop the sockets and the session cookies that the parent process goes on using."""
        for adapter in self.template.adapters.values():
            adapter.close()
        self._threads = threading.local()
        self._process = os.getpid()

    def _is_template(self) -> bool:
        """Whether the session that was handed in may be stood in for; not one that sends in a way of its own."""
        return type(self.template) is requests.Session and _OWN_WAYS.isdisjoint(vars(self.template))

    def _settings(self, session: requests.Session) -> dict[str, Any]:
        """Certificates and proxies of a call."""
        if session is self.template:
            return self._overrides
        verify = self.template.verify
        return {
            "verify": self._environment["verify"] if verify is True else verify,
            "proxies": {**self._environment["proxies"], **self.template.proxies},
            **self._overrides,
        }


class _ThreadSession(requests.Session):
    """A session that reads no netrc file and follows no redirect, nor prepares one."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Say that there is none."""


def make_session(auth: requests.auth.AuthBase | None = None) -> requests.Session:
    """A session to use as a template.

    Args:
        auth: Puts credentials on each request.
    """
    session = requests.Session()
    session.auth = auth
    return session


def checked_session(session: Any) -> requests.Session:
    """A session that was handed in, if it is one.

    Raises:
        InvalidUsage: It is something else.
    """
    if not isinstance(session, requests.Session):
        raise InvalidUsage(f"session must be a requests.Session, not {type(session).__name__}")
    return session


def _environment_of(session: requests.Session, base_url: str) -> dict[str, Any]:
    """Proxies and CA bundle that the environment names, the way requests reads them; a netrc file is left out."""
    if not session.trust_env:
        return {"verify": True, "proxies": {}}
    with requests.Session() as blank:
        return dict(blank.merge_environment_settings(base_url, {}, None, None, None))


def _without_secrets(sent: Any, request: Request) -> Any:
    """A copy of a request that was sent, its credentials blotted out: answers and errors hold on to it."""
    if not isinstance(sent, requests.PreparedRequest) or sent.headers is None:
        return sent
    shown = sent.copy()
    for name in _SECRET_HEADERS:
        if name in shown.headers:
            shown.headers[name] = "***"
    if request.operation == "token":
        shown.body = None
    return shown


def _is_about_writing(exc: BaseException) -> bool:
    """Whether the standard library refused to write the request, a header of it or its timeout."""
    trace = exc.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    home = trace.tb_frame.f_globals.get("__name__", "") if trace is not None else ""
    return home.partition(".")[0] in ("http", "socket", "ssl", "urllib3", "encodings", "requests")


def _translated(exc: requests.RequestException, request: Request) -> PysnowException:
    """The library's own error for one of requests, by what the caller can do."""
    exc.request = _without_secrets(exc.request, request)
    context: dict[str, Any] = {"method": request.method, "path": request.path}
    if isinstance(exc, requests.exceptions.SSLError):
        return TLSError(
            f"{request.method} {request.path}: the instance's certificate is not trusted here ({_reason(exc)}). Point "
            "verify= or REQUESTS_CA_BUNDLE to the CA certificate of your network",
            **context,
        )
    if isinstance(exc, requests.Timeout):
        timeout = next((ours for theirs, ours in _TIMEOUTS if isinstance(exc, theirs)), RequestTimeout)
        return timeout(
            f"{request.method} {request.path}: no answer in time (timeout={request.timeout}, seconds)", **context
        )
    if isinstance(exc, requests.exceptions.ProxyError):
        return ProxyError(f"{request.method} {request.path}: the proxy does not serve ({_reason(exc)})", **context)
    if isinstance(exc, requests.exceptions.RetryError):
        return RetriesExhausted(
            f"{request.method} {request.path}: the session's own retries gave up ({_reason(exc)}). "
            "raise_on_status=False in its Retry lets the last answer through",
            **context,
        )
    if isinstance(exc, (ValueError, requests.exceptions.InvalidSchema)):
        return _unwritable(request)
    return TransportError(f"{request.method} {request.path}: no answer ({_reason(exc)})", **context)


def _unwritable(request: Request) -> InvalidUsage:
    return InvalidUsage(
        f"{request.method} {request.path} cannot be sent: look for line breaks, blanks at an end or letters outside "
        "Latin-1 in the headers of the call and of the session, and at the timeout",
        method=request.method,
        path=request.path,
    )


def _without_frames(exc: BaseException) -> BaseException:
    """An error and those behind it, without their tracebacks: the variables in those frames hold the credentials."""
    todo: list[object] = [exc]
    seen: set[int] = set()
    while todo:
        error = todo.pop()
        if isinstance(error, BaseException) and id(error) not in seen:
            seen.add(id(error))
            error.__traceback__ = None
            todo += [error.__cause__, error.__context__, getattr(error, "reason", None), *error.args]
    return exc


def _reason(exc: BaseException) -> str:
    """The innermost cause in a few words; the outer ones repeat the whole address, query included."""
    seen: set[int] = set()
    cause: BaseException = exc
    while id(cause) not in seen:
        seen.add(id(cause))
        inner = getattr(cause, "reason", None) or next((arg for arg in cause.args if isinstance(arg, Exception)), None)
        if isinstance(inner, BaseException):
            cause = inner
    text = re.sub(r"https?://\S+", "...", str(cause).rsplit(": ", 1)[-1]) or type(cause).__name__
    return text[:200]
