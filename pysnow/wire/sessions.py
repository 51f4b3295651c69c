"""The sessions that send: one for each thread, made from the settings of the session that was handed in.

Invariants:

* Each thread has a cookie jar of its own, because an instance works on one transaction at a time for each session
  cookie, and answers 202 without doing anything when more than a few wait (ServiceNow's engineering blog on HTTP 202
  for inbound calls). A jar is used for one origin, and goes with its thread.
* The session handed in is a template: it is read, never changed. Adapters of its own are used; the stock ones of
  ``requests`` are stood in for by adapters that heed deadlines.
* Redirects are never followed and netrc files never read: both would send credentials elsewhere.
* A forked process has sessions, cookies and connections of its own.
"""

from __future__ import annotations

import re
import threading
import time
import weakref
from collections.abc import Callable, Mapping
from typing import Any, cast
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.cookies import RequestsCookieJar
from requests.sessions import merge_hooks
from requests.structures import CaseInsensitiveDict

from pysnow.auth import NoAuth
from pysnow.fork import renew_after_fork
from pysnow.wire.connection import POOLED_CONNECTIONS, DeadlineAdapter, is_stock, repeats_by_itself

__all__ = ["Sessions", "ThreadSession", "is_loopback"]

_PLAIN_PATH = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+", re.ASCII)
"""Paths that are the same when they have been quoted and their dots resolved."""

_OWN_WAYS = frozenset({"get_adapter", "merge_environment_settings", "prepare_request", "request", "send"})
"""Methods by which a session object was given a way of its own, by a program or by a mock."""


class _Jar(RequestsCookieJar):
    """A cookie jar that looks at answers with cookies only; the look itself is dear."""

    def extract_cookies(self, response: Any, request: Any) -> None:
        if response.info().get("Set-Cookie") is not None:
            super().extract_cookies(response, request)


class ThreadSession(requests.Session):
    """A session that reads no netrc file and follows no redirect, nor prepares one.

    Args:
        user_agent: What the caller calls itself; None for nothing.

    Attributes:
        user_agent: As given.
    """

    def __init__(self, user_agent: str | None = None) -> None:
        super().__init__()
        self.trust_env = False
        self.cookies = _Jar()
        self.user_agent = user_agent
        self._addresses: dict[str, str] = {}
        self._head: tuple[object, CaseInsensitiveDict[Any]] = (None, CaseInsensitiveDict())

    def prepare_bare(
        self, address: str, path: str, query: str, headers: Mapping[str, str]
    ) -> requests.PreparedRequest | None:
        """Prepare a GET as ``prepare_request`` does, in a fifth of the time; None where only that knows how.

        Args:
            address: Scheme, host and port.
            path: Path below it.
            query: Query, encoded.
            headers: Headers beside those of the session.
        """
        # What a program or a tracing tool has put in the place of a method of requests is to be gone through.
        is_stock = getattr(requests.Session.request, "__globals__", None) is vars(requests.sessions)
        if self.params or not is_stock or not _PLAIN_PATH.fullmatch(path):
            return None
        prepared = requests.PreparedRequest()
        prepared.method = "GET"
        prepared.url = f"{self._prepared_address(address)}{path}{'?' if query else ''}{query}"
        prepared.headers = self._prepared_headers(headers)
        if self.cookies:
            prepared.prepare_cookies(self.cookies)
        prepared.prepare_auth(self.auth)
        prepared.prepare_hooks(self.hooks)
        return prepared

    def _prepared_address(self, address: str) -> str:
        prepared = self._addresses.get(address)
        if prepared is None:
            known = requests.PreparedRequest()
            known.prepare_url(address + "/", {})
            prepared = self._addresses[address] = str(known.url).rstrip("/")
        return prepared

    def _prepared_headers(self, headers: Mapping[str, str]) -> CaseInsensitiveDict[Any]:
        """The headers of a request and those of the session, merged once for all requests with the same."""
        own = self.headers.items()
        seen, prepared = self._head
        now = (tuple(own), tuple(headers.items()))
        if seen != now:
            given = {name.lower() for name in headers}
            merged: dict[str, Any] = {name: value for name, value in own if name.lower() not in given} | {**headers}
            blank = requests.PreparedRequest()
            blank.prepare_headers({name: value for name, value in merged.items() if value is not None})
            prepared = cast("CaseInsensitiveDict[Any]", blank.headers)
            self._head = (now, prepared)
        return prepared.copy()

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        """As ever, in half the time: what is not there is not merged, and the cookie jar is used, not copied."""
        if request.cookies or self.params:
            return super().prepare_request(request)
        headers: CaseInsensitiveDict[Any] = CaseInsensitiveDict(self.headers)
        headers.update(request.headers)
        prepared = requests.PreparedRequest()
        prepared.prepare(
            method=request.method,
            url=request.url,
            headers={name: value for name, value in headers.items() if value is not None},
            files=request.files,
            data=request.data,
            params=request.params,
            auth=request.auth or self.auth,
            cookies=self.cookies,
            hooks=merge_hooks(request.hooks, self.hooks),  # type: ignore[no-untyped-call]  # not in the stubs
            json=request.json,
        )
        return prepared

    def merge_environment_settings(self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any) -> Any:
        """Nothing to merge: the environment was read once, and what is given counts."""
        verify = self.verify if verify is None else verify
        return {"proxies": proxies, "stream": stream, "verify": verify, "cert": cert or self.cert}

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Say that there is none."""


class Sessions:
    """The sessions of one client. Threads share it.

    Args:
        template: Session whose adapters, auth, headers, hooks, proxies and certificates are used. An object of a class
            of its own, such as an OAuth session, sends by itself, since a copy might not do the same.
        base_url: Address of the instance.
        overrides: ``verify``, ``cert`` and ``proxies`` that go before those of the template.
        clock: Gives seconds that never run backwards.
        user_agent: What the caller calls itself; None for nothing.
    """

    def __init__(
        self,
        template: requests.Session,
        base_url: str,
        overrides: Mapping[str, Any],
        clock: Callable[[], float] = time.monotonic,
        user_agent: str | None = None,
    ) -> None:
        self.template = template
        self._base_url = base_url
        self._overrides = dict(overrides)
        self._environment = _environment_of(template, base_url)
        self._clock = clock
        self._user_agent = user_agent
        self._threads = threading.local()
        self._alive: weakref.WeakSet[ThreadSession] = weakref.WeakSet()
        self._stand_ins: dict[HTTPAdapter, DeadlineAdapter] = {}
        self._lock = threading.Lock()
        renew_after_fork(self)

    def current(self) -> requests.Session:
        """The session of this thread, up to date with its template."""
        template = self.template
        if not self._is_template():
            return template
        session: ThreadSession | None = getattr(self._threads, "session", None)
        if session is None:
            session = self._threads.session = ThreadSession(self._user_agent)
            session.cookies.update(template.cookies)
            self._alive.add(session)
        # The caller may go on changing the template; only the cookie jar is this thread's own.
        session.adapters = self._adapters()
        session.auth = template.auth or NoAuth()
        session.headers = template.headers
        session.hooks = template.hooks
        session.params = template.params
        session.cert = template.cert
        return session

    def settings(self, session: requests.Session) -> dict[str, Any]:
        """Certificates and proxies of a call.

        Args:
            session: What sends it.
        """
        if session is self.template:
            return self._overrides
        verify = self.template.verify
        return {
            "verify": self._environment["verify"] if verify is True else verify,
            "proxies": {**self._environment["proxies"], **self.template.proxies},
            **self._overrides,
        }

    def repeats_by_itself(self, session: requests.Session) -> bool:
        """Whether requests are sent again further down, so that nobody else must.

        Args:
            session: What sends.
        """
        adapters = session.adapters
        return any(
            repeats_by_itself(adapter)
            for prefix, adapter in adapters.items()
            if self._base_url.lower().startswith(prefix.lower())
        )

    def use(self, template: requests.Session) -> None:
        """Make the sessions from another template from now on, without the cookies of the old ones.

        Args:
            template: As for the sessions themselves.
        """
        self._environment = _environment_of(template, self._base_url)
        self.template = template
        # Not cleared but left behind: an answer to somebody else, still on its way, must not fill them again.
        self._threads = threading.local()
        self._alive = weakref.WeakSet()

    def close(self) -> None:
        """Close the connections."""
        self.template.close()
        with self._lock:
            adapters = list(self._stand_ins.values())
        for adapter in adapters:
            adapter.close()
        for session in list(self._alive):
            session.cookies.clear()

    def part_from_parent(self) -> None:
        """After a fork: drop the sockets and the session cookies that the parent process goes on using."""
        self._lock = threading.Lock()
        self._threads = threading.local()
        self._alive = weakref.WeakSet()
        for adapter in self.template.adapters.values():
            if not is_stock(adapter):
                adapter.close()
        for stand_in in self._stand_ins.values():
            stand_in.part_from_parent()

    def _is_template(self) -> bool:
        """Whether the session that was handed in may be stood in for; not one that sends in a way of its own."""
        return type(self.template) is requests.Session and _OWN_WAYS.isdisjoint(vars(self.template))

    def _adapters(self) -> Any:
        found: dict[str, BaseAdapter] = {}
        for prefix, adapter in self.template.adapters.items():
            found[prefix] = self._stand_ins.get(adapter) or self._own_or_standing_in(adapter)  # type: ignore[call-overload]
        return found

    def _own_or_standing_in(self, adapter: BaseAdapter) -> BaseAdapter:
        if not isinstance(adapter, HTTPAdapter) or not is_stock(adapter):
            return adapter
        with self._lock:
            if adapter not in self._stand_ins:
                self._stand_ins[adapter] = self._standing_in(adapter)
            return self._stand_ins[adapter]

    def _standing_in(self, adapter: HTTPAdapter) -> DeadlineAdapter:
        made: Any = adapter.__getstate__()
        connections, most, blocks = made["_pool_connections"], made["_pool_maxsize"], made["_pool_block"]
        return DeadlineAdapter(self._clock, connections, most if blocks else max(most, POOLED_CONNECTIONS), blocks)


def is_loopback(address: str) -> bool:
    """Whether an address is on this machine.

    Args:
        address: Scheme, host and port.
    """
    import ipaddress

    host = (urlsplit(address).hostname or "").lower().removesuffix(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _environment_of(session: requests.Session, base_url: str) -> dict[str, Any]:
    """Proxies and CA bundle that the environment names, the way requests reads them; a netrc file is left out.

    Proxies are taken for https alone: over plain HTTP they would read along.
    """
    if not session.trust_env:
        return {"verify": True, "proxies": {}}
    with requests.Session() as blank:
        found = dict(blank.merge_environment_settings(base_url, {}, None, None, None))
    if not base_url.startswith("https:"):
        found["proxies"] = {}
    return found
