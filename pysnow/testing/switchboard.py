"""Where requests are led while local instances stand in for real ones.

``requests`` has no seam that belongs to one test alone: a client may be made at import time, in another module, with a
session of its own. So the seams of the process are used, from the first instance that stands in to the last one:

* ``requests.Session.get_adapter`` chooses what sends a request; requests to an instance get the adapter of a local one,
  whatever adapters a session has.
* ``requests.adapters.HTTPAdapter.send`` is what sends all others; those that would leave the machine are blocked there.
* ``Transport.call`` of this library tells under which hosts instances are known besides those of the vendor's domains.
  It and ``Transport.new_deadline`` take the waits out of clients that a local instance answers.
* ``socket.getaddrinfo`` blocks requests to instances by other means than ``requests``.

Invariants: a replacement without an instance standing in does what it replaces, so that it may stay behind when another
tool has put its own on top; the order in which instances come and go does not matter.
"""

from __future__ import annotations

import functools
import ipaddress
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter

from pysnow.testing.errors import RequestBlocked
from pysnow.testing.time_lapse import TimeLapse
from pysnow.wire.transport import Transport

__all__ = ["SWITCHBOARD", "StandIn", "Switchboard"]

INSTANCE_DOMAINS = ("service-now.com", "servicenowservices.com")
"""Domains of the vendor below which instances live; the second one is that of the US government's cloud."""


@dataclass(frozen=True, slots=True, eq=False)
class StandIn:
    """A local instance that stands in for real ones.

    Attributes:
        adapter: Calls it.
        hosts: Hosts it answers for; None for every instance.
        allowed: Hosts of other machines that may be reached meanwhile.
        thread: Identity of the thread that put it in place.
        address: Gives where the instance listens, if it does.
    """

    adapter: BaseAdapter
    hosts: frozenset[str] | None
    allowed: frozenset[str]
    thread: int
    address: Callable[[], str] = str


class Switchboard:
    """All local instances that stand in for real ones in this process; threads may share it."""

    def __init__(self) -> None:
        self._stand_ins: tuple[StandIn, ...] = ()
        self._known_hosts: frozenset[str] = frozenset()
        self._undo: list[Callable[[], None]] = []
        self._time_lapse = TimeLapse()
        self._lock = threading.Lock()

    def add(self, stand_in: StandIn) -> None:
        """Put an instance in place."""
        with self._lock:
            if not self._stand_ins:
                self._install()
            self._stand_ins = (*self._stand_ins, stand_in)

    def remove(self, stand_in: StandIn) -> None:
        """Take it away; with the last one all is as it was."""
        with self._lock:
            self._stand_ins = tuple(each for each in self._stand_ins if each is not stand_in)
            if not self._stand_ins:
                self._known_hosts = frozenset()
                while self._undo:
                    self._undo.pop()()
                self._time_lapse.give_all_back()

    def adapter_for(self, url: str) -> BaseAdapter | None:
        """Give what answers in the place of an address; None for an address that no local instance stands in for."""
        host = _host_of(url)
        if not self._stand_ins or host is None:
            return None
        return next((each.adapter for each in self._in_order() if self._answers(each, host)), None)

    def check_request(self, url: str) -> None:
        """Let a request to an address pass, or not.

        Raises:
            RequestBlocked: It would leave this machine.
        """
        host = _host_of(url)
        if self._stand_ins and host is not None and not _is_loopback(host) and not self._is_allowed(host):
            advice = (
                f"if it is an instance, name it with hosts=[{host!r}]; else let it pass with allow_hosts=[{host!r}]"
            )
            raise RequestBlocked(host, advice)

    def check_lookup(self, host: object) -> None:
        """Let a host be looked up, or not. Other servers than instances are no concern of this library.

        Raises:
            RequestBlocked: It is the host of an instance.
        """
        name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
        if not self._stand_ins or not isinstance(name, str) or self._is_allowed(name := _plain(name)):
            return
        answered = (each.hosts or () for each in self._stand_ins)
        if _is_instance(name) or name in self._known_hosts or any(name in hosts for hosts in answered):
            raise RequestBlocked(name, "send the request with pysnow or requests, or to the URL of servicenow_server")

    def learn(self, base_url: str) -> None:
        """Take note that an address is one of an instance: a client of this library was made for it."""
        host = _host_of(base_url)
        if self._stand_ins and host and host not in self._known_hosts and not _is_loopback(host):
            with self._lock:
                self._known_hosts |= {host}

    def hurry(self, transport: Transport) -> None:
        """Let a client skip its waits if a local instance answers it, and wait if another machine does."""
        base_url = transport.base_url
        if self.adapter_for(base_url) or any(each.address() == base_url for each in self._stand_ins):
            self._time_lapse.take(transport)
        else:
            self._time_lapse.give_back(transport)

    def _in_order(self) -> list[StandIn]:
        """Give the instances by precedence: those of the current thread first, then the latest first.

        Threads that a test starts have none of their own, and get the latest.
        """
        thread = threading.get_ident()
        latest_first = self._stand_ins[::-1]
        return sorted(latest_first, key=lambda each: each.thread != thread)

    def _answers(self, stand_in: StandIn, host: str) -> bool:
        if stand_in.hosts is not None:
            return host in stand_in.hosts
        return (_is_instance(host) or host in self._known_hosts) and not self._is_allowed(host)

    def _is_allowed(self, host: str) -> bool:
        return any(host in each.allowed for each in self._stand_ins)

    # -- the seams ------------------------------------------------------------------------------------------------

    def _install(self) -> None:
        self._replace(requests.Session, "get_adapter", self._choosing)
        self._replace(HTTPAdapter, "send", self._guarding)
        self._replace(Transport, "call", self._listening)
        self._replace(Transport, "new_deadline", self._listening)
        self._replace(socket, "getaddrinfo", self._looking_up)

    def _replace(self, owner: Any, name: str, around: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
        original = getattr(owner, name)
        replacement = functools.wraps(original)(around(original))
        setattr(owner, name, replacement)

        def undo() -> None:
            # Something that was put on top of it since is not ours to remove.
            if getattr(owner, name) is replacement:
                setattr(owner, name, original)

        self._undo.append(undo)

    def _choosing(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def get_adapter(session: requests.Session, url: str) -> Any:
            return self.adapter_for(url) or original(session, url)

        return get_adapter

    def _guarding(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def send(adapter: HTTPAdapter, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> Any:
            self.check_request(request.url or "")
            return original(adapter, request, *args, **kwargs)

        return send

    def _listening(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def listened(transport: Transport, *args: Any, **kwargs: Any) -> Any:
            self.learn(transport.base_url)
            self.hurry(transport)
            return original(transport, *args, **kwargs)

        return listened

    def _looking_up(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
            self.check_lookup(host)
            return original(host, *args, **kwargs)

        return getaddrinfo


def _host_of(url: str) -> str | None:
    """Give the host of a web address; None for an address of another kind, such as that of a Unix socket."""
    try:
        parts = urlsplit(url)
        return _plain(parts.hostname or "") if parts.scheme.lower() in ("http", "https") else None
    except ValueError:
        return None


def _plain(host: str) -> str:
    return host.lower().removesuffix(".")


def _is_instance(host: str) -> bool:
    return any(host.endswith(f".{domain}") for domain in INSTANCE_DOMAINS)


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


# One for the process: what it replaces exists once as well.
SWITCHBOARD = Switchboard()
