"""What is wrong with the way to an instance: a few requests, each of which rules a cause out."""

from __future__ import annotations

import json
import math
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import partial
from typing import TYPE_CHECKING, Final, Literal, TypeAlias
from urllib.parse import urlsplit

from pysnow.exceptions import (
    AuthenticationError,
    LoginPage,
    PysnowException,
    ResponseError,
    TLSError,
    TokenCreateError,
    TransportError,
    UnexpectedRedirect,
)
from pysnow.identity import who
from pysnow.url_builder import checked_table
from pysnow.wire.answer_check import check_start, check_status
from pysnow.wire.exchange import Request

if TYPE_CHECKING:
    import requests

    from pysnow.identity import Tables
    from pysnow.wire.transport import Transport

__all__ = ["Check", "Diagnosis", "examine"]

Outcome: TypeAlias = Literal["ok", "failed", "unknown", "skipped"]

SKEW_SECONDS: Final = 60.0
"""How far two clocks may be apart before tokens seem to have expired, or not to be valid yet."""

_ONE_ROW: Final = {"sysparm_limit": "1", "sysparm_fields": "sys_id"}
_READS: Final = (
    ("read", "/api/now/table/{table}", _ONE_ROW),
    ("aggregate", "/api/now/stats/{table}", {"sysparm_count": "true"}),
    ("dictionary", "/api/now/table/sys_dictionary", _ONE_ROW),
    ("journal", "/api/now/table/sys_journal_field", _ONE_ROW),
    ("audit", "/api/now/table/sys_audit", _ONE_ROW),
)
_SKIPPED: Final = "not looked at"
_NEEDED: Final = frozenset({"read"})
"""Without the others much works: they fail without failing the whole."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes:
        name: What: ``dns``, ``tls``, ``awake``, ``sign-in``, ``identity``, ``read``, ``aggregate``, ``dictionary``,
            ``journal``, ``audit``, ``clock`` or ``rate limit``.
        verdict: ``ok``; ``failed``; ``unknown``: it does not work, or cannot be told, and most programs do without;
            ``skipped``: something before it failed.
        detail: What was found, on one line. Never a secret.
        seconds: How long that took.
        error: What was raised, where something failed.
    """

    name: str
    verdict: Outcome
    detail: str
    seconds: float = 0.0
    error: PysnowException | None = field(default=None, repr=False)

    def __str__(self) -> str:
        mark = {"ok": "ok", "failed": "NO", "unknown": "--", "skipped": ".."}[self.verdict]
        return f"{self.name:<11} {mark}  {self.detail}{f'  ({self.seconds:.2f} s)' if self.seconds >= 0.005 else ''}"


class Diagnosis(tuple[Check, ...]):
    """All that was looked at, in order; as a text, one line each."""

    __slots__ = ()

    @property
    def ok(self) -> bool:
        """Whether nothing failed."""
        return self.failure is None

    @property
    def failure(self) -> Check | None:
        """The first check that failed; None when none did."""
        return next((check for check in self if check.verdict == "failed"), None)

    def __str__(self) -> str:
        return "\n".join(map(str, self))

    def __repr__(self) -> str:
        return f"<Diagnosis: {'ok' if self.failure is None else f'{self.failure.name} failed'}>\n{self}"


@dataclass(slots=True)
class _Examination:
    """One examination on its way."""

    transport: Transport
    tables: Tables
    table: str
    resolve: Callable[[str], int]
    answer: requests.Response | None = None
    skew: float | None = None

    def run(self) -> Iterator[Check]:
        way_in = list(self._way_in())
        failure = next((check.error for check in way_in if check.verdict == "failed"), None)
        yield self._dns(is_needed=isinstance(failure, TransportError))
        yield from way_in
        if failure is not None:
            for name in ("identity", *(name for name, *_ in _READS), "clock", "rate limit"):
                yield self._clock() if name == "clock" and self.skew is not None else Check(name, "skipped", _SKIPPED)
            return
        yield self._timed("identity", self._identity, lenient=True)
        for name, path, params in _READS:
            yield self._timed(name, partial(self._read, path, params), lenient=name not in _NEEDED)
        yield self._clock()
        yield self._rate_limit()

    def _dns(self, *, is_needed: bool) -> Check:
        """The host's address, which is of no account where a proxy, or a test, leads requests there without one."""
        host = urlsplit(self.transport.base_url).hostname or ""
        return self._timed(
            "dns", lambda: ("ok", f"{host} has an address ({self.resolve(host)})"), lenient=not is_needed
        )

    def _fetch(self, path: str, params: Mapping[str, str]) -> requests.Response:
        # Once: what is repeated until it succeeds is no finding.
        return self.transport.send(Request("GET", path, "read", params=params, heal=False))

    def _way_in(self) -> Iterator[Check]:
        """The first request: by what it fails with, one of three things is wrong."""
        clock = self.transport.clock
        began = clock()
        error: PysnowException | None = None
        try:
            # A table that every user who may call at all may ask about.
            self.answer = self._fetch("/api/now/table/sys_user", {"sysparm_limit": "1", "sysparm_fields": "sys_id"})
            self.skew = _skew(self.answer, self.transport.clockwork.wall())
            _check(self.answer)
        except PysnowException as exc:
            error = exc
        seconds = clock() - began
        culprit = _culprit(error)
        place = ("tls", "awake", "sign-in")
        words = {
            "tls": "certificate trusted" if self.transport.base_url.startswith("https:") else "plain http",
            "awake": "the instance answers",
            "sign-in": "accepted",
        }
        for name in place:
            if culprit is None or place.index(name) < place.index(culprit):
                yield Check(name, "ok", words[name], seconds if name == "awake" else 0.0)
            elif name == culprit:
                yield Check(name, "failed", _line(error), seconds, error)
            else:
                yield Check(name, "skipped", _SKIPPED)

    def _identity(self) -> tuple[Outcome, str]:
        me = who(self.tables)
        roles = "roles not readable" if me.roles is None else f"{len(me.roles)} roles"
        return "ok", f"{me.user_name} ({roles}, time zone {me.time_zone or 'of the instance'})"

    def _read(self, path: str, params: Mapping[str, str]) -> tuple[Outcome, str]:
        path = path.format(table=self.table)
        answer = self._fetch(path, params)
        _check(answer)
        if params is not _ONE_ROW:
            return "ok", f"{path} answers"
        total = answer.headers.get("X-Total-Count")
        if _has_rows(answer):
            return "ok", f"{path.rpartition('/')[2]} is readable, {total or 'some'} records"
        return "unknown", f"no record of {path.rpartition('/')[2]} is shown, of {total or 'an unknown number'}"

    def _clock(self) -> Check:
        if self.skew is None:
            return Check("clock", "unknown", "the instance does not tell the time")
        if abs(self.skew) <= SKEW_SECONDS:
            return Check("clock", "ok", f"{abs(self.skew):.0f} s apart")
        way = "ahead of" if self.skew > 0 else "behind"
        return Check("clock", "failed", f"this machine is {abs(self.skew):.0f} s {way} the instance: set its clock")

    def _rate_limit(self) -> Check:
        headers = self.answer.headers if self.answer is not None else {}
        if "X-RateLimit-Limit" not in headers:
            return Check("rate limit", "ok", "none announced")
        left = headers.get("X-RateLimit-Remaining")
        return Check("rate limit", "ok", f"{headers['X-RateLimit-Limit']} an hour{f', {left} left' if left else ''}")

    def _timed(self, name: str, look: Callable[[], tuple[Outcome, str]], *, lenient: bool = False) -> Check:
        clock = self.transport.clock
        began = clock()
        try:
            verdict, detail = look()
            return Check(name, verdict, detail, clock() - began)
        except PysnowException as exc:
            return Check(name, "unknown" if lenient else "failed", _line(exc), clock() - began, exc)


def examine(
    transport: Transport,
    tables: Tables,
    *,
    table: str = "incident",
    resolve: Callable[[str], int] | None = None,
) -> Diagnosis:
    """Look at everything between a client and its instance.

    Args:
        transport: What sends.
        tables: Gives the resource of a table.
        table: Table to read from.
        resolve: Counts the addresses of a host name; the system does when not given.

    Raises:
        InvalidUsage: The table has no such name.
    """
    checked_table(table)
    return Diagnosis(_Examination(transport, tables, table, resolve or _addresses).run())


def _addresses(host: str) -> int:
    try:
        return len({place[4][0] for place in socket.getaddrinfo(host, None)})
    except OSError as exc:
        raise TransportError(f"there is no address for {host}: check instance=, and the network or its proxy") from exc


def _has_rows(answer: requests.Response) -> bool:
    try:
        return bool(json.loads(answer.content).get("result"))
    except (ValueError, AttributeError):
        return False


def _check(answer: requests.Response) -> None:
    check_status(answer)
    check_start(answer, answer.content)


def _culprit(error: PysnowException | None) -> str | None:
    if error is None or (isinstance(error, ResponseError) and not isinstance(error, AuthenticationError)):
        return None  # it answered, and knows the caller; what it did not allow is another check's
    if isinstance(error, TLSError):
        return "tls"
    refusals = (AuthenticationError, TokenCreateError, LoginPage, UnexpectedRedirect)
    return "sign-in" if isinstance(error, refusals) else "awake"


def _skew(answer: requests.Response, now: float) -> float | None:
    """Seconds that this machine is ahead of the instance."""
    try:
        skew = now - parsedate_to_datetime(answer.headers["Date"]).timestamp()
    except (KeyError, ValueError, TypeError):
        return None
    return 0.0 if math.isnan(skew) else skew


def _line(error: BaseException | None) -> str:
    text = " ".join(str(error).split())
    hint = getattr(error, "hint", None)
    return f"{text.rstrip('.')}. {hint}" if hint and hint not in text else text
