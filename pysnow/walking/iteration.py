"""Beginning a walk through a table: the arguments of ``Table.iterate`` become one plan, before anything is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, get_args

from pysnow.encoded_query import Order
from pysnow.exceptions import InvalidUsage
from pysnow.walking.keyset_walk import KeysetWalk
from pysnow.walking.lane import Lane
from pysnow.walking.offset_walk import OffsetWalk
from pysnow.walking.page_pull import Pull
from pysnow.walking.page_source import PageSource
from pysnow.walking.pagination import PageSize, Position
from pysnow.walking.progress import make_meter
from pysnow.walking.query_branches import orders_of
from pysnow.walking.read_ahead import ReadAhead
from pysnow.walking.record_iterator import RecordIterator, Verify, WalkPlan
from pysnow.walking.resume_token import ResumePoint, decode_token, fingerprint
from pysnow.walking.sequential_feed import SequentialFeed
from pysnow.walking.walk_report import Consistency, WalkReport

if TYPE_CHECKING:
    from pysnow.params_builder import ParamsBuilder
    from pysnow.request import SnowRequest
    from pysnow.walking.lane import Feed
    from pysnow.walking.pagination import Page, Span, Step, Walk
    from pysnow.wire.transport import Transport

__all__ = ["Place", "WalkOptions", "begin_walk"]

WORKERS_MAX: Final = 64
"""Most threads of a walk; an instance serves a handful of integrations at a time."""

_PAGE_MAX: Final = 1_000_000
_BY_SYS_ID: Final = (Order("sys_id"),)


@dataclass(frozen=True, slots=True)
class Place:
    """The table that is walked through.

    Attributes:
        request: Assembles and sends the calls.
        transport: What they are sent with.
        path: Path of the table, below the instance's address.
        types: Asks the instance for the types of columns, for exports; None where nobody knows.
    """

    request: SnowRequest
    transport: Transport
    path: str
    types: Callable[[], Mapping[str, str]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkOptions:
    """How to walk; see :meth:`pysnow.Table.iterate`."""

    page_size: int
    limit: int | None
    order_by: str | Iterable[str] | None
    workers: int
    resume: str | None
    progress: object
    verify: Verify
    consistency: Consistency
    params: Mapping[str, Any] | None
    headers: Mapping[str, str] | None

    def __post_init__(self) -> None:
        _check_number("page_size", self.page_size, 1, _PAGE_MAX)
        _check_number("workers", self.workers, 1, WORKERS_MAX)
        if self.limit is not None:
            _check_number("limit", self.limit, 0, None)
        _check_choice("verify", self.verify, get_args(Verify))
        _check_choice("consistency", self.consistency, get_args(Consistency))

    @property
    def _orders(self) -> tuple[Order, ...]:
        """The order that was asked for."""
        return () if self.order_by is None else orders_of(self.order_by)


def begin_walk(
    place: Place,
    parameters: ParamsBuilder,
    options: WalkOptions,
    check: Callable[[tuple[str, ...]], object] | None = None,
) -> RecordIterator:
    """Plan a walk; nothing is sent.

    Args:
        place: The table.
        parameters: Parameters of each call; query and fields among them.
        options: How to walk.
        check: Is called before the first page is fetched, with the columns to order by.

    Raises:
        InvalidUsage: An argument cannot be used.
    """
    orders = options._orders
    is_keyed = options.consistency == "exact" and orders in ((), _BY_SYS_ID)
    if not is_keyed and options.workers > 1:
        raise InvalidUsage(
            "Several workers read in the order of sys_id: leave out order_by and consistency='best-effort'"
        )
    if parameters.offset:
        raise InvalidUsage("A walk has no offset: to go on from somewhere, pass resume")
    fields = _asked_for(parameters)
    adds_sys_id = bool(fields) and "sys_id" not in fields
    if adds_sys_id:
        parameters.fields = [*fields, "sys_id"]
    source = PageSource(
        place.request,
        place.transport,
        place.path,
        parameters,
        (*orders, *(() if orders[-1:] == _BY_SYS_ID else _BY_SYS_ID)),
        options.params,
        options.headers,
        keeps_own_order=not (is_keyed or orders),
    )
    walked = fingerprint(
        place.transport.base_url, place.path, parameters.query, "keyset" if is_keyed else ",".join(map(str, orders))
    )
    start = _start(options, walked)
    report = _report(options, start, is_keyed=is_keyed)
    meter = make_meter(options.progress)
    opener = _Opener(source, report, start, options, is_keyed=is_keyed)
    return RecordIterator(
        WalkPlan(
            open_feed=opener.open,
            start=start,
            wanted=start.left_of(options.limit),
            walked=walked,
            report=report,
            verify=options.verify,
            is_keyed=is_keyed,
            adds_sys_id=adds_sys_id,
            page_size=lambda: opener.size.now,
            count=source.count,
            meter=meter,
            check=None if check is None else partial(check, tuple(order.field for order in orders)),
            fields=fields,
            types=place.types,
            table=place.path.rpartition("/")[2],
            shown=_shown(parameters, options),
        )
    )


def _asked_for(parameters: ParamsBuilder) -> tuple[str, ...]:
    """The columns that the caller asked for; none for all."""
    text = parameters.fields
    return tuple(name for name in (text.split(",") if isinstance(text, str) else text) if name)


def _shown(parameters: ParamsBuilder, options: WalkOptions) -> str:
    given = {**parameters.as_dict(), **(options.params or {})}
    return str(given["sysparm_display_value"]).lower()


def _start(options: WalkOptions, walked: str) -> ResumePoint:
    if options.resume is None:
        return ResumePoint(Position())
    return decode_token(options.resume, walked)


def _report(options: WalkOptions, start: ResumePoint, *, is_keyed: bool) -> WalkReport:
    return WalkReport(
        mode="keyset" if is_keyed else "offset",
        consistency="exact" if is_keyed else "best-effort",
        workers=options.workers,
        expected=start.expected,
        received=start.received,
        resumed=options.resume is not None,
    )


class _Opener:
    """Makes what the rows of a walk come from."""

    def __init__(
        self, source: PageSource, report: WalkReport, start: ResumePoint, options: WalkOptions, *, is_keyed: bool
    ) -> None:
        self._source = source
        self._report = report
        self._options = options
        self._is_keyed = is_keyed
        self._is_fresh = options.resume is None
        # What was learned about the size of pages outlasts a failure, and a token.
        self.size = PageSize(options.page_size, start.page_size)

    def open(self, position: Position) -> Feed:
        """Make it, for what is left from a position on."""
        lanes = [Lane(span, self._walk(span, position)) for span in position.spans]
        workers = self._options.workers
        # A session that the caller may be using at the same time is not used by a thread that nobody asked for.
        ahead = ReadAhead(self._source, workers if workers > 1 or self._source.is_for_threads else 0, self._note)
        return SequentialFeed(lanes, Pull(self._source, ahead, self._note))

    def _walk(self, span: Span, position: Position) -> Walk:
        if self._is_keyed:
            return KeysetWalk(span, self.size)
        return OffsetWalk(self.size, position.offset, position.last)

    def _note(self, page: Page, step: Step) -> None:
        report = self._report
        report.pages += page.place == 0
        report.retries += step.error is not None
        report.duplicates += step.duplicates
        if self._is_fresh and page.total is not None:
            # Only what is counted before any row has come is the number of all.
            report.expected = page.total
        self._is_fresh = self._is_fresh and page.total is None and not step.rows


def _check_number(name: str, value: object, least: int, most: int | None) -> None:
    if type(value) is not int or value < least or (most is not None and value > most):
        bounds = f"from {least} to {most}" if most is not None else f"of {least} or more"
        raise InvalidUsage(f"{name} must be a whole number {bounds}, not {value!r}")


def _check_choice(name: str, value: object, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise InvalidUsage(f"{name} must be one of {', '.join(map(repr, choices))}, not {value!r}")
